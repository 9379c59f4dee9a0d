import { Document, isMap, isScalar, isSeq, Scalar, visit } from 'yaml';
import type { IngressRowText } from './row/row';

const HEADER = '# yaml-language-server: $schema=../../node_modules/itsup/schemas/ingress.schema.json\n';

/**
 * An ingress file of these rows as a person writes it.
 *
 * @param comments Comments by service; they stand above its first row.
 */
export function ingressText(
  rows: readonly IngressRowText[],
  comments: ReadonlyMap<string, readonly string[]> = new Map(),
): string {
  const document = new Document({ ingress: rows });
  visit(document, {
    Seq: (_, node) => {
      if (node.items.every((item) => isScalar(item))) node.flow = true;
    },
    Scalar: (key, node) => {
      // What is quoted for a reason is quoted as elsewhere in the workspace.
      if (key !== 'key' && typeof node.value === 'string' && /[`{}]/.test(node.value)) {
        node.type = Scalar.QUOTE_SINGLE;
      }
    },
  });
  const told = new Set<string>();
  const list = document.get('ingress');
  for (const item of isSeq(list) ? list.items : []) {
    const service = isMap(item) ? item.get('service') : undefined;
    if (!isMap(item) || typeof service !== 'string' || told.has(service)) continue;
    told.add(service);
    const lines = comments.get(service) ?? [];
    if (lines.length > 0) item.commentBefore = lines.map((line) => line.replace(/^#/, '')).join('\n');
  }
  return HEADER + document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false });
}
