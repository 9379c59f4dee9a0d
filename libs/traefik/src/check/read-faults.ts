import { checkTypes } from './check-types';
import { labelTree, PROVIDER_LABELS } from '../labels/label-tree';
import { typeTable } from '../types/table';
import { templateFindings } from './templates';
import type { Finding } from '../dynamic/tree';
import { yamlTree } from '../yaml/yaml-tree';

const QUIET = { suggest: () => undefined, visit: () => undefined };

/**
 * Why Traefik could not read a file of its file provider; null: it can. One such file keeps it from reading all others,
 * so nothing of the kind may be written there.
 */
export function fileFault(text: string): string | null {
  const { root, findings } = yamlTree(text);
  const types = root === null ? [] : checkTypes(root, typeTable.roots.dynamic, typeTable, 'file', QUIET);
  return firstError([...templateFindings(text, typeTable.values.templateFunctions), ...findings, ...types]);
}

/** Why Traefik leaves out a container with these labels; null: it reads them. */
export function labelFault(labels: Readonly<Record<string, string>>): string | null {
  const { root, findings } = labelTree(labels);
  const types = root === null ? [] : checkTypes(root, typeTable.roots.dynamic, typeTable, 'label', QUIET);
  return firstError([...labelTree(labels, PROVIDER_LABELS).findings, ...findings, ...types]);
}

function firstError(findings: readonly Finding[]): string | null {
  return findings.find(({ severity }) => severity === 'error')?.message ?? null;
}
