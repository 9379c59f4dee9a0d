/** Variables whose values are no secrets and common words of messages (paths, users, endpoints). */
const HARMLESS =
  /^(PATH|HOME|USER|LOGNAME|SHELL|PWD|OLDPWD|LANG|LANGUAGE|LC_\w+|TERM|COLORTERM|TMPDIR|HOSTNAME|EDITOR|PAGER|SHLVL|_|NODE|INIT_CWD|NX_WORKSPACE_ROOT|XDG_\w+|DOCKER_(HOST|CONTEXT|CONFIG|CERT_PATH|API_VERSION)|COMPOSE_\w+|ITSUP_\w+|npm_(package|lifecycle)_\w+|npm_(execpath|node_execpath|command))$/;

/** Too short or too common to be a secret: hiding these would only make messages unreadable. */
const COMMON_VALUE = /^(\d{1,5}|true|false|null|none|auto|always|never)$/i;
const SHORTEST = 4;
/** Below this length a value is hidden only where it stands as a word of its own. */
const WORD_ONLY_BELOW = 8;

export type Redactor = (text: string) => string;

/**
 * Replaces every value of `env` in a text with `${NAME}`: Compose repeats values in its messages
 * (`Invalid hostPort: <value>`), and the name is what the operator can act on anyway.
 */
export function createRedactor(env: Record<string, string | undefined>): Redactor {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || HARMLESS.test(name)) continue;
    for (const spelling of spellings(value)) {
      if (spelling.length >= SHORTEST && !COMMON_VALUE.test(spelling) && !names.has(spelling))
        names.set(spelling, name);
    }
  }
  if (names.size === 0) return (text) => text;
  const pattern = new RegExp(
    [...names.keys()]
      .sort((a, b) => b.length - a.length)
      .map(toPattern)
      .join('|'),
    'g',
  );
  return (text) => text.replace(pattern, (value) => `\${${names.get(value)}}`);
}

/** A value as it stands, line by line (keys, certificates), and as JSON, Go and URLs write it. */
function spellings(value: string): string[] {
  const lines = value.includes('\n') ? value.split(/\r?\n/).map((line) => line.trim()) : [];
  return [value, value.trim(), ...lines, JSON.stringify(value).slice(1, -1), encoded(value)];
}

/** A lone surrogate cannot be encoded; then no URL holds it either. */
function encoded(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
}

function toPattern(value: string): string {
  const literal = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return value.length < WORD_ONLY_BELOW ? `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])` : literal;
}
