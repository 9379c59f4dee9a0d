import { field, isTree, listField, textField, withField, withoutField, type Tree } from '@itsup/traefik';

import type { DynamicConfiguration } from '../types';
import type { Protocol, ProvidedConfiguration } from './provided-configuration';

/** Routers of others that need what a service's labels define, and middlewares that stand in between. */
export interface Dependants {
  routers: Record<string, Tree>;
  middlewares: Record<string, Tree>;
}

export interface DependantsInput {
  protocol: Protocol;
  /** Of the service's own containers. */
  own: ProvidedConfiguration;
  /** Of all other containers. */
  others: ProvidedConfiguration;
  /** What the files of Traefik's dynamic folder say. */
  published: DynamicConfiguration;
  /** The name that something gets in the file that the copies are for. */
  rename(name: string): string;
}

/**
 * Copies of what goes with a service's containers though it is of others: a router that passes a middleware of their
 * labels (`auth@docker`), or leads to a service of theirs, does not work while Traefik's docker provider shows none of
 * them, as it does not before the engine calls one healthy. The copies name what is renamed instead; everything else by
 * its provider, for they stand in a file.
 */
export function dependantsOf({ protocol, own, others, published, rename }: DependantsInput): Dependants {
  const names = new Map<string, string>();
  for (const kind of ['middlewares', 'services'] as const)
    for (const name of Object.keys(own[protocol][kind])) names.set(`${kind} ${name}@docker`, rename(name));
  const found: Dependants = { routers: {}, middlewares: {} };
  const sources = [
    { provider: 'docker', section: others[protocol] },
    { provider: 'file', section: published[protocol] ?? {} },
  ].map(({ provider, section }) => ({
    provider,
    middlewares: treesOf(section.middlewares),
    routers: treesOf(section.routers),
  }));
  // One that is copied is missing for those that name it.
  for (let grew = true; grew;) {
    grew = false;
    for (const { provider, middlewares } of sources) {
      for (const [name, middleware] of middlewares) {
        const key = `middlewares ${name}@${provider}`;
        if (names.has(key) || !mentions(middleware, provider, names)) continue;
        names.set(key, rename(`${name}~${provider}`));
        grew = true;
      }
    }
  }
  for (const { provider, middlewares, routers } of sources) {
    for (const [name, middleware] of middlewares) {
      const copy = names.get(`middlewares ${name}@${provider}`);
      if (copy !== undefined && !(provider === 'docker' && name in own[protocol].middlewares))
        found.middlewares[copy] = named(middleware, provider, names);
    }
    for (const [name, router] of routers) {
      // A published one that leads to the service is its own as well.
      const isOwn =
        provider === 'docker'
          ? name in own[protocol].routers
          : names.has(`services ${qualified(textField(router, 'service') ?? '', provider)}`);
      if (!isOwn && mentions(router, provider, names))
        found.routers[rename(`${name}~${provider}`)] = named(router, provider, names);
    }
  }
  return found;
}

type Reference = (kind: 'middlewares' | 'services', name: string) => string;

function mentions(object: Tree, provider: string, names: ReadonlyMap<string, string>): boolean {
  let found = false;
  withReferences(object, (kind, name) => {
    found ||= names.has(`${kind} ${qualified(name, provider)}`);
    return name;
  });
  return found;
}

function named(object: Tree, provider: string, names: ReadonlyMap<string, string>): Tree {
  const copy = withReferences(object, (kind, name) => {
    const full = qualified(name, provider);
    return names.get(`${kind} ${full}`) ?? full;
  });
  const written = field(copy, 'tls');
  if (!isTree(written)) return copy;
  // The certificate is there: what is to be asked for, its own router asks for.
  const tls = withoutField(written, 'certResolver');
  const options = textField(tls, 'options');
  return withField(
    copy,
    'tls',
    options === undefined || options === 'default'
      ? tls
      : withField(tls, 'options', qualified(options, provider)),
  );
}

/** A router or a middleware with other names in the places where it names something. */
function withReferences(object: Tree, reference: Reference): Tree {
  let copy = object;
  const lists = listField(copy, 'middlewares');
  if (lists.length > 0)
    copy = withField(
      copy,
      'middlewares',
      lists.map((name) => reference('middlewares', name)),
    );
  const service = textField(copy, 'service');
  if (service !== undefined) copy = withField(copy, 'service', reference('services', service));
  for (const kind of ['chain', 'errors']) {
    const inner = field(copy, kind);
    if (isTree(inner)) copy = withField(copy, kind, withReferences(inner, reference));
  }
  return copy;
}

function qualified(name: string, provider: string): string {
  return name.includes('@') ? name : `${name}@${provider}`;
}

function treesOf(objects: Readonly<Record<string, unknown>> | undefined): [string, Tree][] {
  return Object.entries(objects ?? {}).filter((entry): entry is [string, Tree] => isTree(entry[1]));
}
