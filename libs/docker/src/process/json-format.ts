/** `key: template` pairs of a `--format` that prints one JSON object a line. */
export function jsonFormat(fields: Record<string, string>): string {
  const parts = Object.entries(fields).map(
    ([key, template]) => `${JSON.stringify(key)}:{{json ${template}}}`,
  );
  return `{${parts.join(',')}}`;
}

/** The template of one label: unambiguous, unlike the comma-joined list of all. A missing label is an empty string. */
export function labelTemplate(key: string): string {
  return `(.Label ${JSON.stringify(key)})`;
}

/** `label.<key>` fields for `jsonFormat`. */
export function labelFields(keys: string[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [`label.${key}`, labelTemplate(key)]));
}

/** The asked-for labels of a parsed line, without those that are empty. */
export function pickLabels(row: Record<string, string>, keys: string[]): Record<string, string> {
  const labels = keys.map((key) => [key, row[`label.${key}`] ?? ''] as const);
  return Object.fromEntries(labels.filter(([, value]) => value !== ''));
}

export function parseJsonLines(text: string): Record<string, string>[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Record<string, string>);
}
