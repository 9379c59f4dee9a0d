import { compareText, type Problem } from '@itsup/config';
import { Document, isMap, parseDocument } from 'yaml';

/** A middleware that rows name and nothing defines. */
export interface MissingMiddleware {
  name: string;
  kind: 'http' | 'tcp';
  /** Where it is named, `file:line`. */
  uses: string[];
}

/** Of the problems of a workspace those of middlewares that are not there, one entry for each. */
export function missingMiddlewares(problems: readonly Problem[]): MissingMiddleware[] {
  const missing = new Map<string, MissingMiddleware>();
  for (const { code, subject = '', place } of problems) {
    const [kind, , ...words] = subject.split('.');
    if (code !== 'unknown-middleware' || (kind !== 'http' && kind !== 'tcp')) continue;
    const known = missing.get(subject) ?? { name: words.join('.'), kind, uses: [] };
    if (place) known.uses.push(`${place.file}:${place.line}`);
    missing.set(subject, known);
  }
  return [...missing.values()].sort((a, b) => compareText(a.name, b.name));
}

/**
 * `projects/middlewares.yml` with a stand-in for each: it lets in nobody but this host itself, because what is missing
 * may be what asks for a password. Comments and what is there stay.
 * @param text of the file as it is; null: there is none
 */
export function withSkeleton(text: string | null, missing: readonly MissingMiddleware[]): string {
  const written = parseDocument(text ?? '');
  const document = isMap(written.contents) ? written : new Document({});
  for (const { name, kind, uses } of missing) {
    const node = document.createNode({ ipAllowList: { sourceRange: ['127.0.0.1/32', '::1/128'] } });
    const where =
      uses.length > 3 ? `${uses.slice(0, 3).join(', ')} and ${uses.length - 3} more` : uses.join(', ');
    node.commentBefore = ` A stand-in that lets nobody in: define it as the old Traefik did. Named by ${where}.`;
    document.setIn([kind, 'middlewares', name], node);
  }
  return document.toString({ lineWidth: 0 });
}
