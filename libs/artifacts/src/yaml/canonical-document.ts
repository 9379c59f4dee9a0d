import { UserError } from '@itsup/config';
import { canonicalKey, elementType, fileType, type FileType } from '@itsup/traefik';
import { isMap, isScalar, isSeq, type LineCounter, type Node, type Pair, type Scalar } from 'yaml';

/**
 * Gives keys of Traefik's own fields the names that Traefik has for them, whatever case they are written in: laid over
 * a generated file, `Storage` is `storage` there, as it is for Traefik.
 *
 * @param contents of the operator's file, aliases and merge keys resolved
 * @throws UserError where two keys of one mapping are the same for Traefik
 */
export function nameAsTraefik(
  contents: Node,
  kind: 'static' | 'dynamic',
  { file, lines }: { file: string; lines: LineCounter },
): void {
  rename(contents, fileType(kind), (first, second) => {
    const { line, col } = lines.linePos(second.range?.[0] ?? 0);
    const both = `\`${first}\` and \`${String(second.value)}\``;
    throw new UserError({
      code: 'override-invalid',
      severity: 'error',
      message: `${both} are one key for Traefik, which reads it without regard to case`,
      help: 'keep one of them',
      place: { file, line, column: col },
    });
  });
}

type Refuse = (first: string, second: Scalar) => void;

function rename(node: Node | null, type: FileType, refuse: Refuse): void {
  if (isSeq(node)) {
    for (const item of node.items as Node[]) rename(item, elementType(type), refuse);
    return;
  }
  if (!isMap(node)) return;
  const written = new Map<string, string>();
  for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
    if (!isScalar(key)) continue;
    const text = String(key.value);
    const { name, type: below } = canonicalKey(type, text);
    const first = written.get(name);
    if (first !== undefined) refuse(first, key);
    written.set(name, text);
    if (name !== text) key.value = name;
    rename(value, below, refuse);
  }
}
