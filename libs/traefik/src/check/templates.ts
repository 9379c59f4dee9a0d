import type { Finding, Span } from '../dynamic/tree';

/** An action of Go's template language in a file: `{{ … }}`. */
interface Action {
  text: string;
  span: Span;
  /** What it stands for, when it is one literal; null: only Traefik knows. */
  literal: string | null;
}

const HELP = 'to have two braces in a value write {{"{{"}} for the opening ones';

/** Go's own functions and keywords, whatever else the provider adds. */
const BUILT_IN = new Set(
  (
    'and call html index slice js len not or print printf println urlquery eq ge gt le lt ne ' +
    'if else end range with define template block break continue nil true false'
  ).split(' '),
);

/**
 * Traefik runs every file of the file provider through Go's text/template, comments included, with no data. What that
 * refuses stops the whole folder from being read.
 * @param functions names that Traefik adds to Go's own
 */
export function templateFindings(text: string, functions: readonly string[]): Finding[] {
  const findings: Finding[] = [];
  const refuse = (message: string, span: Span): void => {
    findings.push({ severity: 'error', code: 'go-template', message, help: HELP, path: [], span });
  };
  const known = new Set([...BUILT_IN, ...functions]);
  for (const { text: action, span, literal } of actionsOf(text)) {
    if (action === '')
      refuse('Traefik reads `{{` as the beginning of a Go template, and there is no `}}`', span);
    else if (literal === null) {
      const reason = flawOf(action, known);
      if (reason !== null) refuse(`Traefik reads \`{{${action}}}\` as a Go template, and ${reason}`, span);
    }
  }
  return findings;
}

function actionsOf(text: string): Action[] {
  const actions: Action[] = [];
  const pattern =
    /\{\{(-\s)?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|\/\*[^]*?\*\/|(?!\}\})[^"`'])*)\}\}/g;
  let from = 0;
  while (true) {
    const start = text.indexOf('{{', from);
    if (start < 0) return actions;
    pattern.lastIndex = start;
    const match = pattern.exec(text);
    if (match?.index !== start) {
      actions.push({ text: '', span: { start, end: start + 2 }, literal: null });
      return actions;
    }
    const inner = match[2] ?? '';
    from = start + match[0].length;
    actions.push({ text: inner, span: { start, end: from }, literal: literalOf(inner) });
  }
}

function literalOf(inner: string): string | null {
  const text = inner.trim();
  if (/^`[^`]*`$/.test(text)) return text.slice(1, -1);
  if (!/^"(?:[^"\\]|\\.)*"$/.test(text)) return null;
  try {
    return String(JSON.parse(text));
  } catch {
    return null;
  }
}

function flawOf(action: string, known: ReadonlySet<string>): string | null {
  if (/^\s*\/\*[^]*\*\/\s*$/.test(action)) return null;
  const words = action.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)*'/g, '""').replace(/-\s*$/, '');
  if (words.trim() === '') return 'it is empty';
  const field = /(?:^|[\s(|])\.([A-Za-z_]\w*)/.exec(words);
  // Below `range` and `with` a dot is another value than the provider's nothing.
  if (field && !/^\s*(range|with)\b/.test(action)) return `there is nothing that has a field .${field[1]}`;
  for (const [, name = ''] of words.matchAll(/(?:^|[\s(|])([A-Za-z_]\w*)/g)) {
    if (!known.has(name)) return `there is no function \`${name}\``;
  }
  return null;
}

/** A value as Traefik has it after its templates; `open`: they hold more than literals, so only Traefik knows it. */
export function expanded(value: string): { value: string; open: boolean } {
  if (!value.includes('{{')) return { value, open: false };
  let open = false;
  const text = value.replace(
    /\{\{((?:"(?:[^"\\]|\\.)*"|`[^`]*`|(?!\}\})[^])*)\}\}/g,
    (whole, inner: string) => {
      const literal = literalOf(inner);
      if (literal === null) open = true;
      return literal ?? whole;
    },
  );
  return { value: text, open };
}
