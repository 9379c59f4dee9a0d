import { checkTypes, type Suggest } from './check-types';
import { valueVisitor } from './check-values';
import { enabledIn } from '../labels/enabled';
import { labelTree, PROVIDER_LABELS, unreadLabels } from '../labels/label-tree';
import { oldRule } from './old-rules';
import { definedNames, referenceVisitor, type Reference } from '../dynamic/references';
import { typeTable } from '../types/table';
import { expanded, templateFindings } from './templates';
import { childOf, type ConfigurationNode, type Finding } from '../dynamic/tree';
import type { Dialect, TypeTable } from '../types/type-table';
import { yamlTree, type YamlTree } from '../yaml/yaml-tree';

export interface CheckOptions {
  suggest: Suggest;
  /** Why Go's RE2 could not compile an expression; null: it can. */
  regexFlaw: (expression: string) => string | null;
  /** What is wrong with a rule in Traefik's own syntax; null: nothing. */
  ruleFlaw: (rule: string, section: 'http' | 'tcp') => string | null;
}

/** What a check came to. */
export interface Checked {
  findings: Finding[];
  /** Names that it gives for objects, wherever these are. */
  references: Reference[];
  /** Objects that it defines, as `http.middlewares.auth`. */
  defined: Set<string>;
}

export interface CheckedFile extends Checked {
  positionOf: YamlTree['positionOf'];
}

/** The version of Traefik that the types are of. */
export const checkedVersion = typeTable.version;

/**
 * Checks a file that Traefik reads: its static configuration, or one of its file provider.
 * @returns everything that is wrong at once; Traefik itself stops at the first
 */
export function checkFile(text: string, kind: 'static' | 'dynamic', options: CheckOptions): CheckedFile {
  const templates = kind === 'dynamic' ? templateFindings(text, typeTable.values.templateFunctions) : [];
  const { root, findings, positionOf } = yamlTree(text);
  if (root !== null && kind === 'dynamic') expandTemplates(root);
  const checked = check(root, typeTable.roots[kind], 'file', options);
  return { ...checked, findings: [...templates, ...findings, ...checked.findings], positionOf };
}

export interface CheckedLabels extends Checked {
  /** `traefik.enable`; null: it does not say. */
  enabled: boolean | null;
}

/**
 * Checks the labels of one container, as the docker provider reads them.
 * @param open labels whose value is not known; nothing of it is judged
 */
export function checkLabels(
  labels: Readonly<Record<string, string>>,
  options: CheckOptions & { open?: ReadonlySet<string> },
): CheckedLabels {
  const provider = labelTree(labels, PROVIDER_LABELS);
  const dynamic = labelTree(labels);
  const open = options.open ?? new Set();
  markOpen(provider.root, open);
  markOpen(dynamic.root, open);
  const own = check(provider.root, PROVIDER_ROOT, 'label', options, PROVIDER_TABLE);
  const checked = check(dynamic.root, typeTable.roots.dynamic, 'label', options);
  return {
    ...checked,
    findings: [
      ...provider.findings,
      ...own.findings,
      ...dynamic.findings,
      ...checked.findings,
      ...unreadLabels(labels, options.suggest),
    ],
    enabled: enabledIn(provider.root),
  };
}

/** Labels of the docker provider itself, as its Go types have them (pkg/provider/docker, not exported there). */
const PROVIDER_ROOT = 'provider.labels';
const PROVIDER_TABLE: TypeTable = {
  ...typeTable,
  types: {
    [PROVIDER_ROOT]: { enable: 'bool', docker: 'provider.docker' },
    'provider.docker': { network: 'string', lbSwarm: 'bool', allowNonRunning: 'bool' },
  },
};

function check(
  root: ConfigurationNode | null,
  type: string,
  dialect: Dialect,
  { suggest, regexFlaw, ruleFlaw }: CheckOptions,
  table: TypeTable = typeTable,
): Checked {
  const references: Reference[] = [];
  const values: Finding[] = [];
  if (root === null) return { findings: [], references, defined: new Set() };
  const refer = referenceVisitor(references);
  const judge = valueVisitor(values, { table, dialect, suggest, regexFlaw });
  const findings = checkTypes(root, type, table, dialect, {
    suggest,
    visit: (struct, field, node, path) => {
      refer(struct, field, node, path);
      judge(struct, field, node, path);
      const section = SECTION_OF_ROUTERS[field.type];
      if (section === undefined) return;
      for (const router of node.children)
        values.push(...ruleFindings(router, section, [...path, router.name], ruleFlaw));
    },
  });
  return { findings: [...findings, ...values], references, defined: definedNames(root) };
}

const SECTION_OF_ROUTERS: Readonly<Record<string, 'http' | 'tcp'>> = {
  '{}config.dynamic.Router': 'http',
  '{}config.dynamic.TCPRouter': 'tcp',
};

function ruleFindings(
  router: ConfigurationNode,
  section: 'http' | 'tcp',
  above: string[],
  ruleFlaw: CheckOptions['ruleFlaw'],
): Finding[] {
  const rule = childOf(router, 'rule');
  const syntax = childOf(router, 'ruleSyntax')?.value ?? '';
  if (rule === undefined || rule.open || rule.items !== null || rule.value === '' || /^v2$/i.test(syntax))
    return [];
  const place = { path: [...above, rule.name], span: rule.span };
  const old = oldRule(rule.value);
  if (old !== null) return [{ severity: 'warning', code: 'old-rule', ...old, ...place }];
  const flaw = ruleFlaw(rule.value, section);
  return flaw === null ? [] : [{ severity: 'error', code: 'invalid-rule', message: flaw, ...place }];
}

function expandTemplates(node: ConfigurationNode): void {
  const text = expanded(node.value);
  node.value = text.value;
  node.open = text.open;
  for (const item of node.items ?? []) {
    const one = expanded(item.value);
    item.value = one.value;
    item.open = one.open;
  }
  node.children.forEach(expandTemplates);
}

function markOpen(node: ConfigurationNode | null, open: ReadonlySet<string>): void {
  if (node === null || open.size === 0) return;
  if (node.children.length === 0 && open.has(node.span.label ?? '')) node.open = true;
  for (const child of node.children) markOpen(child, open);
}
