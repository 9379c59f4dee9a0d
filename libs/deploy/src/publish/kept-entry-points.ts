import type { EntryPoint } from '@itsup/routing';
import { compareText } from '@itsup/config';
import path from 'node:path';

import { readFileOrNull } from '../state/atomic-file';
import type { State } from '../state/state';
import { entryKey, entryPath, readableEntries } from './entries';
import { readIndex } from './published-index';

/** What is published of each stack's routers, as the last deploy left it. */
export interface PublishedRouters {
  /** Stacks with a route in some file. */
  stacks: ReadonlySet<string>;
  /** By stack: the ports of the host that its routers are on. */
  entryPoints: ReadonlyMap<string, readonly EntryPoint[]>;
}

const NAME = /^(http|tcp|udp)-(\d+)$/;

/**
 * The published routers by stack. A stack that cannot be deployed keeps its routes, so Traefik's static configuration
 * has to keep their ports as well.
 */
export async function publishedRouters(state: State): Promise<PublishedRouters> {
  const index = await readIndex(state);
  const owners = index?.owners ?? {};
  const entryPoints = new Map<string, EntryPoint[]>();
  for (const file of index?.files ?? []) {
    if (!/routers-\w+\.yml$/.test(file)) continue;
    const text = await readFileOrNull(path.join(state.dir, file));
    for (const [key, value] of readableEntries(text ?? '')) {
      const [section = '', kind = '', name = ''] = entryPath(key);
      const owner = kind === 'routers' ? owners[entryKey(section, kind, name)] : undefined;
      if (!owner) continue;
      const { entryPoints: points = [] } = value as { entryPoints?: string[] };
      const own = points.flatMap((point) => entryPointNamed(point) ?? []);
      if (own.length > 0) entryPoints.set(owner.stack, [...(entryPoints.get(owner.stack) ?? []), ...own]);
    }
  }
  return { stacks: new Set(Object.values(owners).map(({ stack }) => stack)), entryPoints };
}

/** Names of a stack's HTTP routers in the published files. */
export async function publishedHttpRouters(state: State, stack: string): Promise<string[]> {
  const owners = (await readIndex(state))?.owners ?? {};
  return Object.entries(owners).flatMap(([key, owner]) => {
    const [section, kind, name = ''] = entryPath(key);
    return owner.stack === stack && section === 'http' && kind === 'routers' ? [name] : [];
  });
}

function entryPointNamed(name: string): EntryPoint | null {
  const [, kind, port] = NAME.exec(name) ?? [];
  if (kind !== 'http' && kind !== 'tcp' && kind !== 'udp') return null;
  return { name, port: Number(port), protocol: kind === 'udp' ? 'udp' : 'tcp', kind };
}

/** The entry points of what is served, and of routes that stay although their stack is not served anew. */
export function withKept(
  entryPoints: readonly EntryPoint[],
  { entryPoints: published }: PublishedRouters,
  broken: Iterable<string>,
): EntryPoint[] {
  const byName = new Map(entryPoints.map((point) => [point.name, point]));
  for (const stack of broken) {
    for (const point of published.get(stack) ?? [])
      if (!byName.has(point.name)) byName.set(point.name, point);
  }
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name));
}
