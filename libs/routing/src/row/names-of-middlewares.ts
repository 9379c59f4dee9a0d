import type { IngressRow } from '@itsup/config';
import { splitName } from '@itsup/traefik';
import { suggestion } from '../names/suggestion';
import { report, type RowContext } from './context';

/**
 * The middlewares that a row names, as any provider's router refers to them: those of `middlewares.yml` are the file
 * provider's, `name@file`; other providers' are taken as written. Unknown ones are reported: Traefik would answer 404
 * on the whole route.
 */
export function namedMiddlewares(row: IngressRow, kind: 'http' | 'tcp', context: RowContext): string[] {
  const known = context.middlewares[kind];
  return row.middleware.map((written) => {
    const { name, provider: said } = splitName(written);
    const provider = said ?? 'file';
    if (provider === 'file' && !known.has(name)) {
      const elsewhere = context.middlewares[kind === 'http' ? 'tcp' : 'http'].has(name);
      report(context, row, {
        key: 'middleware',
        code: 'unknown-middleware',
        message: elsewhere
          ? `middleware ${name} is one of ${kind === 'http' ? 'tcp' : 'http'} routers, this is a ${kind} route`
          : `there is no ${kind} middleware ${JSON.stringify(name)}`,
        help: elsewhere
          ? `define a ${kind} middleware in projects/middlewares.yml, under ${kind}.middlewares`
          : suggestion(name, [...known]),
        subject: `${kind}.middlewares.${name}`,
      });
    }
    return `${name}@${provider}`;
  });
}
