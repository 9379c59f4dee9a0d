import {
  OWN_CHAIN,
  type AddressFamily,
  type FoundRule,
  type PacketChange,
  type PacketRule,
} from './packet-filter';

/** A rule as `iptables-save` printed it: `line` is what deletes exactly this one. */
export interface SavedRule extends FoundRule {
  /** What follows `-A CHAIN`, as printed. */
  line: string;
}

const TABLES: readonly string[] = ['nat', 'filter', 'mangle', 'raw'];
/** What the comment of every rule of ours begins with. */
const OURS = 'itsup:';

/** The rules in the output of `iptables-save` that have a comment, in its order. */
export function parseSavedRules(text: string, family: AddressFamily): SavedRule[] {
  const rules: SavedRule[] = [];
  const ledByOthers = new Set<string>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim();
    const appended = /^-A (\S+) (.*)$/.exec(line);
    if (!appended || !TABLES.includes(table)) continue;
    const [, chain = '', rest = ''] = appended;
    const { args, comment } = splitComment(tokenize(rest));
    const place = `${table} ${chain}`;
    const isBehindOthers = ledByOthers.has(place);
    if (comment?.startsWith(OURS) !== true) ledByOthers.add(place);
    if (comment === null) continue;
    rules.push({
      ...{ family, table: table as PacketRule['table'], chain, args, comment },
      ...{ isBehindOthers, line: rest },
    });
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
  const ofFamily = changes.filter((change) => change.rule.family === family);
  const tables = new Set(ofFamily.map(({ rule }) => rule.table));
  const sections = [...tables].flatMap((table) => {
    const lines = linesOf(
      ofFamily.filter(({ rule }) => rule.table === table),
      present.filter((one) => one.table === table),
    );
    return lines.length === 0 ? [] : [[`*${table}`, ...lines, 'COMMIT', ''].join('\n')];
  });
  return sections.length === 0 ? null : sections.join('');
}

/** The changes of one table, on the rules that it has. */
function linesOf(changes: PacketChange[], present: SavedRule[]): string[] {
  const lines: string[] = [];
  let rules: (PacketRule & { line?: string })[] = present;
  for (const { operation, rule } of changes) {
    const same = rules.filter((one) => one.chain === rule.chain && one.comment === rule.comment);
    if (operation === 'delete') {
      lines.push(...same.map((one) => `-D ${one.chain} ${one.line ?? ruleText(one)}`));
      rules = rules.filter((one) => !same.includes(one));
    } else if (same.length === 0) {
      lines.push(`${operation === 'insert' ? '-I' : '-A'} ${quote(rule.chain)} ${ruleText(rule)}`);
      rules = [...rules, rule];
    }
  }
  const before = ownChains(present);
  const after = ownChains(rules);
  return [
    ...[...after].filter((chain) => !before.has(chain)).map((chain) => `:${chain} - [0:0]`),
    ...lines,
    ...[...before].filter((chain) => !after.has(chain)).map((chain) => `-X ${chain}`),
  ];
}

/** Those that have a rule, or that a rule leads to. */
function ownChains(rules: readonly PacketRule[]): Set<string> {
  const named = rules.flatMap(({ chain, args }) => [chain, args[args.indexOf('-j') + 1] ?? '']);
  return new Set(named.filter((chain) => chain.startsWith(OWN_CHAIN)));
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
