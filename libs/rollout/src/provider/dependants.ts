import {
  field,
  isTree,
  qualified,
  qualifiedBy,
  textField,
  withField,
  withoutField,
  type Tree,
} from '@itsup/traefik';

import type { DynamicConfiguration } from '../types';
import { CopiedNames } from './copied-names';
import type { Protocol, ProvidedConfiguration } from './provided-configuration';

/** Routers of others that need what a service's labels define, and middlewares that stand in between. */
export interface Dependants {
  routers: Record<string, Tree>;
  middlewares: Record<string, Tree>;
  /** Of these middlewares, and of all that the service's labels define. */
  names: CopiedNames;
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
  const names = new CopiedNames();
  for (const kind of ['middlewares', 'services'] as const)
    for (const name of Object.keys(own[protocol][kind]))
      names.add(kind, qualified(name, 'docker'), rename(name));
  const found: Dependants = { routers: {}, middlewares: {}, names };
  const sources = (
    [
      ['docker', others[protocol]],
      ['file', published[protocol] ?? {}],
    ] as const
  ).map(([provider, section]) => ({
    provider,
    middlewares: treesOf(section.middlewares),
    routers: treesOf(section.routers),
  }));
  // One that is copied is missing for those that name it.
  for (let grew = true; grew;) {
    grew = false;
    for (const { provider, middlewares } of sources) {
      for (const [name, middleware] of middlewares) {
        const full = qualified(name, provider);
        if (names.copyOf('middlewares', full) !== undefined || !names.isNamedBy(middleware, provider))
          continue;
        names.add('middlewares', full, rename(`${name}~${provider}`));
        grew = true;
      }
    }
  }
  for (const { provider, middlewares, routers } of sources) {
    for (const [name, middleware] of middlewares) {
      const copy = names.copyOf('middlewares', qualified(name, provider));
      if (copy !== undefined && !(provider === 'docker' && name in own[protocol].middlewares))
        found.middlewares[copy] = names.objectInFile(middleware, provider);
    }
    for (const [name, router] of routers) {
      // A published one that leads to the service is its own as well.
      const isOwn = provider === 'docker' ? name in own[protocol].routers : leadsTo(names, router, provider);
      if (!isOwn && names.isNamedBy(router, provider))
        found.routers[rename(`${name}~${provider}`)] = withoutResolver(names.objectInFile(router, provider));
    }
  }
  return found;
}

/** Whether a router leads to a service that has a copy. */
function leadsTo(names: CopiedNames, router: Tree, provider: 'docker' | 'file'): boolean {
  const service = textField(router, 'service') ?? '';
  return names.copyOf('services', qualifiedBy(service, provider)) !== undefined;
}

/** The certificate is there: what is to be asked for, the router's original asks for. */
function withoutResolver(router: Tree): Tree {
  const tls = field(router, 'tls');
  return isTree(tls) ? withField(router, 'tls', withoutField(tls, 'certResolver')) : router;
}

function treesOf(objects: Readonly<Record<string, unknown>> | undefined): [string, Tree][] {
  return Object.entries(objects ?? {}).filter((entry): entry is [string, Tree] => isTree(entry[1]));
}
