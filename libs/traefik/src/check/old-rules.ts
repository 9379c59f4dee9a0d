/** A pattern of Traefik 2 in a matcher that still exists: `{name}` and `{name:[a-z]+}` were placeholders. */
const PLACEHOLDER =
  /\b(HostRegexp|HostSNIRegexp|Host|HostSNI|Path|PathPrefix)\s*\(\s*[`"'][^`"')]*\{[A-Za-z_][\w-]*(:[^`"']*)?\}/;

const REPLACED: Readonly<Record<string, string>> = {
  Path: 'PathRegexp',
  PathPrefix: 'PathRegexp',
  Host: 'HostRegexp',
  HostSNI: 'HostSNIRegexp',
};

/**
 * Whether a rule is written for Traefik 2. Traefik 3 takes it, reads the braces as themselves, and never matches it.
 * @returns what is wrong and what to write; null: nothing of the kind
 */
export function oldRule(rule: string): { message: string; help: string } | null {
  const found = PLACEHOLDER.exec(rule);
  const matcher = found?.[1];
  if (matcher === undefined) return null;
  const now = REPLACED[matcher] ?? matcher;
  return {
    message: `the rule \`${rule}\` is written for Traefik 2: in Traefik 3 the braces in ${matcher} stand for themselves, so it never matches`,
    help: `write ${now} with a regular expression of Go's, as in ${now}(\`^[a-z]+\\.example\\.com$\`)`,
  };
}
