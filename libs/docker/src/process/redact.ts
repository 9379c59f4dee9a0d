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
  let redact: Redactor | null = null;
  // Most commands say nothing.
  return (text) => (redact ??= redactorOf(env))(text);
}

function redactorOf(env: Record<string, string | undefined>): Redactor {
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || HARMLESS.test(name) || isAround(value, env)) continue;
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

/** The folder that all this happens in, or one above it: every path in a message begins with it. */
function isAround(
  value: string,
  { PWD: here = '', INIT_CWD: start = '' }: Record<string, string | undefined>,
): boolean {
  return (
    value.startsWith('/') &&
    [here, start].some((folder) => `${folder}/`.startsWith(`${value.replace(/\/+$/, '')}/`))
  );
}

/**
 * A value as it stands, line by line (keys, certificates), and as programs write it: JSON and Go, URLs and forms,
 * shells, HTML, base64. What is shortened, reversed, hashed or spelled otherwise on purpose is not found.
 */
function spellings(value: string): string[] {
  const lines = value.includes('\n') ? value.split(/\r?\n/).map((line) => line.trim()) : [];
  return [value, value.trim(), ...lines].flatMap((text) => [
    text,
    ...(PLAIN.test(text) ? [] : escaped(text)),
    ...base64(text),
  ]);
}

/** No program writes such a text in another way. */
const PLAIN = /^[\w.~-]*$/;

function escaped(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const url = urlEncoded(text);
  return [
    json,
    json.replaceAll('/', '\\/'),
    // Go's, of what means something in HTML.
    json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
    ...url,
    ...url.map((each) => each.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    // In single and in double quotes, and without any.
    text.replaceAll("'", "'\\''"),
    text.replace(/[\\"$`]/g, '\\$&'),
    text.replace(/[^\w@%+=:,./-]/g, '\\$&'),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ];
}

/** Of paths and of forms, with and without the characters that some leave as they are. */
function urlEncoded(text: string): string[] {
  try {
    const plain = encodeURIComponent(text);
    const strict = plain.replace(
      /[!'()*~]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    return [plain, strict, plain.replaceAll('%20', '+'), strict.replaceAll('%20', '+')];
  } catch {
    // A lone surrogate cannot be encoded; then no URL holds it either.
    return [];
  }
}

/**
 * What a value leaves in base64, wherever in the encoded text it begins (`user:password`): three bytes are four
 * characters, so there are three ways, without the characters that hold bits of its neighbours.
 */
function base64(text: string): string[] {
  const bytes = Buffer.from(text);
  if (bytes.length < WORD_ONLY_BELOW) return [];
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const first = [0, 2, 3][offset] ?? 0;
    const last = (offset + bytes.length) % 3 === 0 ? encoded.length : encoded.length - 1;
    const own = encoded.slice(first, last);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function toPattern(value: string): string {
  const literal = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return value.length < WORD_ONLY_BELOW ? `(?<![A-Za-z0-9])${literal}(?![A-Za-z0-9])` : literal;
}
