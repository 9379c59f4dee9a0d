/** Values printed by templates: anything JSON can hold, and expressions that the file's reader expands. */
export type Printable = unknown;

/** An expression that Compose is meant to expand (`${NAME:-}`), printed as it is where any other `$` is doubled. */
export class Expression {
  constructor(readonly text: string) {}
}

/** How templates print values, so that none can end a scalar, start a comment or change its type. */
export interface YamlPrinter {
  /** On one line: a scalar, or a list or mapping in flow style. */
  yaml(value: Printable): string;
  /** A list or mapping in block style, every line indented by `indent` spaces, without a line break at its end. */
  block(value: Printable, indent: number): string;
}

/** For a file that Compose interpolates: `$` in values is doubled. It does not interpolate keys. */
export const composePrinter = createPrinter((text) => text.replaceAll('$', '$$$$'), false);

/**
 * For a file of Traefik's file provider, which executes each as a Go template before it parses it as YAML: an
 * action that gives back `{{` stands for `{{`. Backquotes, so that it fits into quoted scalars of either kind.
 */
export const dynamicPrinter = createPrinter((text) => text.replaceAll('{{', '{{`{{`}}'), true);

/** For YAML that its reader takes literally, such as Traefik's static file. */
export const plainPrinter = createPrinter((text) => text, false);

/**
 * Strings that every YAML reader takes for that string without quotes: no indicator, no number, no date, and none
 * of YAML 1.1's booleans, which the readers of these files know in part.
 */
const PLAIN = /^(?!(?:true|false|yes|no|on|off|null|y|n|nan|inf)$)[A-Za-z_/][A-Za-z0-9_./-]*$/i;

function createPrinter(escape: (text: string) => string, escapeKeys: boolean): YamlPrinter {
  const prepare = (value: Printable): unknown => {
    if (value instanceof Expression) return value.text;
    if (typeof value === 'string') return escape(value.replace(/\p{Surrogate}/gu, '\ufffd'));
    if (Array.isArray(value)) return value.map(prepare);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [escapeKeys ? escape(key) : key, prepare(item)]),
    );
  };
  return {
    yaml: (value) => flow(prepare(value)),
    block: (value, indent) =>
      block(prepare(value))
        .map((line) => ' '.repeat(indent) + line)
        .join('\n'),
  };
}

/** YAML's flow style is JSON's, but for the characters that YAML wants escaped. */
function flow(value: unknown): string {
  if (typeof value === 'string') return scalar(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const items = Object.entries(value).map(([key, item]) => `${scalar(key)}: ${flow(item)}`);
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
}

function scalar(text: string): string {
  return PLAIN.test(text) ? text : JSON.stringify(text).replace(UNPRINTABLE, escapeCharacter);
}

/** Line by line instead of through a document of nodes: routes are printed by the thousand. */
function block(value: unknown): string[] {
  if (!isNested(value)) return [flow(value)];
  if (Array.isArray(value)) {
    return value.flatMap((item) => block(item).map((line, index) => (index === 0 ? '- ' : '  ') + line));
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const printed = scalar(key);
    // A longer key is one only where it is marked as such.
    const [mark, lead] = printed.length > MAX_IMPLICIT_KEY ? [[`? ${printed}`], ':'] : [[], `${printed}:`];
    return isNested(item)
      ? [...mark, lead, ...block(item).map((line) => `  ${line}`)]
      : [...mark, `${lead} ${flow(item)}`];
  });
}

/** A list or mapping that holds something; the others are printed on the line of their key. */
function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

const MAX_IMPLICIT_KEY = 1024;

/** What JSON lets stand as it is and YAML's readers refuse. All strings that hold one are double quoted. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
