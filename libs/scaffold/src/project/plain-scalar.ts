import { parse } from 'yaml';

/** A text as it stands in YAML: plain where every reader takes it for that text, in quotes elsewhere. */
export function quotedWhereNeeded(value: string | number | null): string {
  if (typeof value !== 'string') return String(value);
  try {
    // Sexagesimal numbers and dates are text to YAML 1.2 alone.
    if (parse(value) === value && !/^[\d:-]+$|[:#]\s|\s[:#]/.test(value)) return value;
  } catch {
    // What does not parse is quoted.
  }
  return `'${value.replaceAll("'", "''")}'`;
}
