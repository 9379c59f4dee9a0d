import { goDuration, isGoBoolean, isGoFloat, isGoInteger } from '../types/go-values';

/**
 * Whether Go takes the text for a value of this type.
 * @param type as the table of Traefik's types calls it: `string`, `bool`, `seconds`, `float64`, `uint16`
 */
export function isScalarOf(type: string, text: string): boolean {
  if (type === 'string') return true;
  if (type === 'bool') return isGoBoolean(text);
  if (type === 'seconds' || type === 'nanoseconds') return goDuration(text, type) !== null;
  if (type.startsWith('float')) return isGoFloat(text);
  const [, unsigned, bits = '64'] = /^(u?)int(\d+)$/.exec(type) ?? [];
  return isGoInteger(text, Number(bits), unsigned === '');
}

/** What is to be written for a value of this type, in words: `a duration such as …`. */
export function scalarName(type: string): string {
  if (type === 'string') return 'a text';
  if (type === 'bool') return '`true` or `false`';
  if (type === 'seconds') return 'a duration such as `10s` or `1m30s`, or a number of seconds';
  if (type === 'nanoseconds') return 'a duration such as `10s` or `1m30s`';
  if (type.startsWith('float')) return 'a number';
  const [, unsigned, bits = '64'] = /^(u?)int(\d+)$/.exec(type) ?? [];
  if (Number(bits) < 32)
    return `a whole number up to ${2 ** (Number(bits) - (unsigned === 'u' ? 0 : 1)) - 1}`;
  return unsigned === 'u' ? 'a whole number that is not negative' : 'a whole number';
}

/** What a list of them holds. */
export function scalarNames(type: string): string {
  return type === 'string' ? 'texts' : type === 'bool' ? 'booleans' : 'numbers';
}

/**
 * What to write instead of a text that reads like a value of this type. Sizes have no units in Traefik, and its
 * booleans are not all of YAML's.
 */
export function scalarHint(type: string, value: string): string | undefined {
  if (type === 'bool' && /^(y|yes|on|n|no|off)$/i.test(value)) {
    return `write ${/^(y|yes|on)$/i.test(value) ? 'true' : 'false'}: Traefik reads this word as a text`;
  }
  const [, number = '', unit = ''] = /^(\d+)\s*([kmg])(?:i?b)?$/i.exec(value) ?? [];
  if (number !== '' && type.includes('int')) {
    return `write the number of bytes: ${Number(number) * 1024 ** ('kmg'.indexOf(unit.toLowerCase()) + 1)}`;
  }
  return undefined;
}
