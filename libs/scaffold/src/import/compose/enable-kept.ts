import { isMap, isPair, isScalar, isSeq } from 'yaml';
import { pairOf, type ComposeSource } from './compose-file';
import type { ImportPlan } from '../plan-import';
import type { Edit } from './text-edit';

/** `traefik.enable=true` for containers whose labels Traefik is to go on reading, beside the first that stays. */
export function enableKept(source: ComposeSource, plan: ImportPlan): { edits: Edit[]; notes: string[] } {
  const edits: Edit[] = [];
  const notes: string[] = [];
  const moved = new Set(plan.moved);
  for (const service of source.services.filter(({ name }) => plan.disabled.has(name))) {
    const list = pairOf(service.map, 'labels')?.value;
    const first = service.labels?.find((label) => !moved.has(label))?.node;
    const written = isPair(first) ? first.key : first;
    const start = isScalar(written) ? written.range?.[0] : undefined;
    const isBlock = (isSeq(list) || isMap(list)) && list.flow !== true;
    if (!isBlock || start === undefined) {
      notes.push(
        `${service.name}: Traefik here reads its labels only with traefik.enable=true: add it to them`,
      );
      continue;
    }
    const lineStart = source.text.lastIndexOf('\n', start - 1) + 1;
    const indent = /^[ \t]*/.exec(source.text.slice(lineStart))?.[0] ?? '';
    const text = isSeq(list) ? '- traefik.enable=true' : 'traefik.enable: "true"';
    edits.push({ start: lineStart, end: lineStart, text: `${indent}${text}\n` });
    notes.push(
      `${service.name}: traefik.enable=true is added, without which Traefik here reads none of its labels`,
    );
  }
  return { edits, notes };
}
