/**
 * A plain scalar as the YAML library of Traefik reads it into a value of no type (gopkg.in/yaml.v3, resolve.go), in the
 * text that the decoder makes of the value. It differs from YAML 1.2: `010` is 8, a date is no text, and `yes` is one.
 */
export type Scalar = { text: string } | 'null' | 'timestamp';

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const WORDS: Readonly<Record<string, string>> = {
  true: 'true',
  True: 'true',
  TRUE: 'true',
  false: 'false',
  False: 'false',
  FALSE: 'false',
};
const NOT_A_NUMBER = new Set(['.nan', '.NaN', '.NAN']);
const INFINITE = /^([+-]?)\.(inf|Inf|INF)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}([Tt]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?(Z|[+-]\d{2}:\d{2})| +\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?)?$/;

/** @param tag `!!str` and the like; '' without one */
export function resolvePlain(text: string, tag = ''): Scalar {
  if (tag === '!!str' || tag === '!!binary') return { text };
  if (NULLS.has(text)) return 'null';
  const word = WORDS[text];
  if (word !== undefined) return { text: word };
  if (NOT_A_NUMBER.has(text)) return { text: 'NaN' };
  const infinite = INFINITE.exec(text);
  if (infinite) return { text: infinite[1] === '-' ? '-Inf' : '+Inf' };
  if (/^[0-9]/.test(text) && TIMESTAMP.test(text) && isCalendarDate(text)) return 'timestamp';
  return { text: /^[-+.0-9]/.test(text) ? numberText(text) : text };
}

function isCalendarDate(text: string): boolean {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** A number in the decoder's own spelling: whole ones in decimal, others with six digits. */
function numberText(text: string): string {
  const plain = text.replaceAll('_', '');
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/.exec(plain) ?? [];
  const whole = wholeNumber(digits);
  if (whole !== null && !text.startsWith('.')) {
    const value = sign === '-' ? -whole : whole;
    if (value >= -(2n ** 63n) && value < 2n ** 64n) return value.toString();
  }
  if (!FLOAT.test(plain)) return text;
  return floatText(Number(plain));
}

function wholeNumber(digits: string): bigint | null {
  if (/^0[xX][0-9a-fA-F]+$|^0[bB][01]+$|^0[oO][0-7]+$/.test(digits)) return BigInt(digits);
  if (/^0[0-7]+$/.test(digits)) return BigInt(`0o${digits.slice(1)}`);
  return /^(0|[1-9]\d*)$/.test(digits) ? BigInt(digits) : null;
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const text = Math.abs(value) < 1e21 ? value.toFixed(6) : `${BigInt(value)}.000000`;
  return text.replace(/\.000000$/, '');
}
