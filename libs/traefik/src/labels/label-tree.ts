import type { ConfigurationNode, Finding, Span } from '../dynamic/tree';

/** All that labels may say of TLS but for routers. */
const DEFAULT_STORE = 'traefik.tls.stores.default';
/**
 * Labels that become Traefik's dynamic configuration (pkg/config/label); the others below `traefik.` it leaves alone.
 */
const READ = ['traefik.http', 'traefik.tcp', 'traefik.udp', DEFAULT_STORE];
/** Labels of the docker provider itself. */
export const PROVIDER_LABELS = ['traefik.enable', 'traefik.docker.'];

/** One label that Traefik's decoder reads. */
export interface LabelEntry {
  /** Its whole name, as written. */
  label: string;
  value: string;
  /** The names on the way to it, `traefik` left out; each as the first label that has it writes it. */
  path: string[];
}

export interface LabelTree {
  /** null: no label of these. */
  root: ConfigurationNode | null;
  /** Labels that can be read, sorted by name. */
  entries: LabelEntry[];
  /** Labels that cannot: for one of them Traefik leaves out the whole container. */
  findings: Finding[];
}

/**
 * Labels as the tree that Traefik's parser makes of them (github.com/traefik/paerser, parser.DecodeToNode): names are
 * split at dots, told apart whatever their case, and `[0]` at a name's end is a child of its own. Of names that differ
 * in case alone the one that sorts first counts. Every reader of labels goes through here.
 * @param prefixes which labels are read
 */
export function labelTree(
  labels: Readonly<Record<string, string>>,
  prefixes: readonly string[] = READ,
): LabelTree {
  const findings: Finding[] = [];
  const entries: LabelEntry[] = [];
  let root: ConfigurationNode | null = null;
  for (const label of Object.keys(labels).sort(byCodeUnit)) {
    if (!prefixes.some((prefix) => label.slice(0, prefix.length).toLowerCase() === prefix)) continue;
    const span: Span = { start: 0, end: 0, label };
    const steps = stepsOf(label);
    if (typeof steps === 'string') {
      findings.push({ severity: 'error', code: 'invalid-label', message: steps, path: [label], span });
      continue;
    }
    root ??= emptyNode('traefik', span);
    const value = labels[label] ?? '';
    entries.push({ label, value, path: descend(root, steps.slice(1), value, span) });
  }
  return { root, entries, findings };
}

/** Sections that a label may belong to; `constraint-label` and the like are for `constraints` of the operator's own. */
const SECTIONS = ['http', 'tcp', 'udp', 'tls', 'docker', 'enable', 'swarm'];
/** What Traefik 1 had in their place. */
const OF_TRAEFIK_1 = new Set(['frontend', 'backend', 'port', 'protocol', 'weight']);

/** Labels below `traefik.` that Traefik 3 reads nothing of, and that read as if it did. */
export function unreadLabels(
  labels: Readonly<Record<string, string>>,
  suggest: (word: string, candidates: Iterable<string>) => string | undefined,
): Finding[] {
  return Object.keys(labels).flatMap((label): Finding[] => {
    const [, section = ''] = label.toLowerCase().split('.');
    const isOfTls = section === 'tls' && !label.toLowerCase().startsWith(DEFAULT_STORE);
    if (!label.toLowerCase().startsWith('traefik.') || (SECTIONS.includes(section) && !isOfTls)) return [];
    const span: Span = { start: 0, end: 0, label };
    const common = { severity: 'warning' as const, code: 'not-read-by-traefik', path: [label], span };
    if (isOfTls) {
      return [
        {
          ...common,
          message: `Traefik reads no label \`${label}\`: of \`tls\` it takes nothing but the default store from labels`,
          help: 'define it in projects/middlewares.yml; what is defined there is `name@file`',
        },
      ];
    }
    if (OF_TRAEFIK_1.has(section)) {
      return [{ ...common, message: `label \`${label}\` is of Traefik 1; Traefik 3 reads nothing of it` }];
    }
    const meant = suggest(section, SECTIONS);
    if (meant === undefined) return [];
    return [
      { ...common, message: `Traefik reads no label \`${label}\` — did you mean \`traefik.${meant}\`?` },
    ];
  });
}

const MAX_STEPS = 50;

/** The steps of a label's name, or what is wrong with it. */
function stepsOf(label: string): string[] | string {
  const steps: string[] = [];
  const parts = label.split('.');
  // Deeper than anything that Traefik has, and each step is walked for each label.
  if (parts.length > MAX_STEPS) return `label \`${label.slice(0, 60)}…\` has more than ${MAX_STEPS} names`;
  if (parts[0] !== 'traefik') return `label \`${label}\` has to start with \`traefik\`, in small letters`;
  for (const part of parts) {
    if (part === '') return `label \`${label}\` has an empty name between two dots`;
    if (part.startsWith('[')) return `label \`${label}\` has a name that starts with \`[\``;
    const bracket = part.indexOf('[');
    // Traefik 3.7 stops reading all containers at this one (an index out of range).
    if (part.endsWith(']') && bracket < 0) return `label \`${label}\` has a \`]\` without a \`[\``;
    if (part.endsWith(']')) steps.push(part.slice(0, bracket), part.slice(bracket));
    else steps.push(part);
  }
  return steps;
}

/** @returns the names on the way, as the tree has them */
function descend(root: ConfigurationNode, steps: string[], value: string, span: Span): string[] {
  const path: string[] = [];
  let node = root;
  for (const step of steps) {
    const wanted = step.toLowerCase();
    let child = node.children.find(({ name }) => name.toLowerCase() === wanted);
    if (child === undefined) {
      child = emptyNode(step, span);
      node.children.push(child);
    }
    node = child;
    path.push(child.name);
  }
  node.value = value;
  node.key = node.span = span;
  return path;
}

function emptyNode(name: string, span: Span): ConfigurationNode {
  return { name, value: '', items: null, children: [], key: span, span };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
