/** Whether Go's strconv and time packages take a text; Traefik's decoder is built on them. */

const BOOLEANS = new Set(['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False']);

/** strconv.ParseBool. */
export function isGoBoolean(text: string): boolean {
  return BOOLEANS.has(text);
}

/** strconv.ParseInt or ParseUint with base 10. */
export function isGoInteger(text: string, bits: number, signed: boolean): boolean {
  if (!(signed ? /^[+-]?\d+$/ : /^\d+$/).test(text)) return false;
  const value = BigInt(text.replace(/^\+/, ''));
  return signed
    ? value >= -(2n ** BigInt(bits - 1)) && value < 2n ** BigInt(bits - 1)
    : value < 2n ** BigInt(bits);
}

/** strconv.ParseFloat. */
export function isGoFloat(text: string): boolean {
  return (
    /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ||
    /^[+-]?0[xX]([\da-fA-F]+\.?[\da-fA-F]*|\.[\da-fA-F]+)[pP][+-]?\d+$/.test(text) ||
    /^[+-]?(inf|infinity)$|^nan$/i.test(text)
  );
}

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** time.ParseDuration, or a bare number. @returns nanoseconds with `unit` for a bare number; null: it is none */
export function goDuration(text: string, unit: 'seconds' | 'nanoseconds'): number | null {
  if (isGoInteger(text, 64, true)) return Number(text) * (unit === 'seconds' ? 1e9 : 1);
  const [, sign, rest = ''] = /^([+-]?)(.+)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  let total = 0;
  let read = 0;
  for (const [part, number = '', name = ''] of rest.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gy)) {
    total += Number(number) * (UNITS[name] ?? 0);
    read += part.length;
  }
  if (read === 0 || read !== rest.length || total >= 2 ** 63) return null;
  return sign === '-' ? -total : total;
}
