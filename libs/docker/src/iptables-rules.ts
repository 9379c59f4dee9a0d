import type { AddressFamily, PacketChange, PacketRule } from './packet-filter';

/** A rule as `iptables-save` printed it: `line` is what deletes exactly this one. */
export interface SavedRule extends PacketRule {
  /** What follows `-A CHAIN`, as printed. */
  line: string;
}

const TABLES: readonly string[] = ['nat', 'filter', 'mangle', 'raw'];

/** The rules in the output of `iptables-save` that have a comment, in its order. */
export function parseSavedRules(text: string, family: AddressFamily): SavedRule[] {
  const rules: SavedRule[] = [];
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const appended = /^-A (\S+) (.*)$/.exec(line);
    if (!appended || !TABLES.includes(table)) continue;
    const [, chain = '', rest = ''] = appended;
    const { args, comment } = splitComment(tokenize(rest));
    if (comment !== null)
      rules.push({ family, table: table as PacketRule['table'], chain, args, comment, line: rest });
  }
  return rules;
}

/**
 * Input for `iptables-restore --noflush` that makes the changes of one family, or null when nothing is left to do.
 * A rule is known by table, chain and comment: the kernel prints its arguments in words of its own.
 */
export function restoreInput(
  changes: PacketChange[],
  family: AddressFamily,
  present: SavedRule[],
): string | null {
  const byTable = new Map<string, string[]>();
  for (const { operation, rule } of changes.filter((change) => change.rule.family === family)) {
    const same = present.filter(
      (one) => one.table === rule.table && one.chain === rule.chain && one.comment === rule.comment,
    );
    const lines = byTable.get(rule.table) ?? [];
    if (operation === 'delete') {
      lines.push(...same.map((one) => `-D ${one.chain} ${one.line}`));
    } else if (same.length === 0) {
      lines.push(`${operation === 'insert' ? '-I' : '-A'} ${quote(rule.chain)} ${ruleText(rule)}`);
    }
    byTable.set(rule.table, lines);
  }
  const sections = [...byTable].filter(([, lines]) => lines.length > 0);
  if (sections.length === 0) return null;
  return sections.map(([table, lines]) => [`*${table}`, ...lines, 'COMMIT', ''].join('\n')).join('');
}

/** The comment stands before the target: options after `-j` belong to the target. */
function ruleText({ args, comment }: PacketRule): string {
  const target = args.findIndex(
    (arg) => arg === '-j' || arg === '-g' || arg === '--jump' || arg === '--goto',
  );
  const at = target < 0 ? args.length : target;
  return [...args.slice(0, at), '-m', 'comment', '--comment', comment, ...args.slice(at)]
    .map(quote)
    .join(' ');
}

function splitComment(tokens: string[]): { args: string[]; comment: string | null } {
  const at = tokens.indexOf('--comment');
  if (at < 0) return { args: tokens, comment: null };
  const start = tokens[at - 2] === '-m' && tokens[at - 1] === 'comment' ? at - 2 : at;
  return { args: [...tokens.slice(0, start), ...tokens.slice(at + 2)], comment: tokens[at + 1] ?? '' };
}

/** Words as `iptables-save` writes them: plain, or in double quotes with backslashes before `"` and `\`. */
function tokenize(text: string): string[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) =>
    quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/g, '$1'),
  );
}

function quote(word: string): string {
  if (/[\n\r\0]/.test(word))
    throw new RangeError(`A packet filter rule cannot hold a line break: ${JSON.stringify(word)}`);
  return /^[\w.,:/=!+@%-]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;
}
