/** The words of YAML 1.1, which Compose and itsUP take too. */
export const TRUE_TEXT = /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
export const FALSE_TEXT = /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/;

/** A boolean as it stands or as text, which it is in quotes; anything else as it is. */
export function booleanOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return TRUE_TEXT.test(value) ? true : FALSE_TEXT.test(value) ? false : value;
}
