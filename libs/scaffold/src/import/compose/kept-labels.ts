import { isPair, isScalar, type Node } from 'yaml';
import { listOf } from '@itsup/traefik';
import type { ComposeSource, Label } from './compose-file';
import type { EntryPointUse } from '../row/entry-points';
import type { ImportPlan } from '../plan-import';
import type { Edit } from './text-edit';

interface Renaming {
  useOf(entryPoint: string): EntryPointUse;
  resolvers: ReadonlySet<string>;
}

const FIELD = /\.(entrypoints|tls\.certresolver)$/i;

/**
 * Gives the routers that stay labels the names that entry points and certificate resolvers have here: Traefik drops a
 * router that names one it does not have.
 */
export function renameInKept(
  source: ComposeSource,
  plan: ImportPlan,
  context: Renaming,
): { edits: Edit[]; notes: string[] } {
  const edits: Edit[] = [];
  const notes: string[] = [];
  for (const { router } of plan.kept) {
    for (const label of router.labels) {
      const [, field] = FIELD.exec(label.key) ?? [];
      if (field === undefined || label.isOpen) continue;
      const value =
        field.toLowerCase() === 'entrypoints'
          ? listOf(label.value)
              .map((name) => nameHere(name, context))
              .join(',')
          : context.resolvers.has(label.value)
            ? label.value
            : 'letsencrypt';
      const edit = value === label.value ? null : replaceValue(source.text, label, value);
      if (edit === null) continue;
      edits.push(edit);
      notes.push(
        `${router.container}: ${field} of router ${router.name}, ${label.value}, is called ${value} here`,
      );
    }
  }
  return { edits, notes };
}

function nameHere(name: string, { useOf }: Renaming): string {
  const entry = useOf(name);
  switch (entry.use) {
    case 'https':
      return 'web-secure';
    case 'http':
      return 'web';
    case 'port':
    case 'unknown':
      return name;
  }
}

function replaceValue(text: string, label: Label, value: string): Edit | null {
  const node = (isPair(label.node) ? label.node.value : label.node) as Node | null;
  if (!isScalar(node) || !node.range) return null;
  const [start, end] = node.range;
  const written = text.slice(start, end);
  const at = written.lastIndexOf(label.value);
  if (at < 0) return null;
  return { start: start + at, end: start + at + label.value.length, text: value };
}
