import { isTree, mentionsIn, type Tree } from '@itsup/traefik';

import { protocols } from './provided-configuration';
import type { DynamicConfiguration, DynamicSection } from '../types';

const kinds = ['routers', 'services', 'middlewares', 'serversTransports'] as const;

/**
 * Several files of Traefik's dynamic folder as one configuration. Of two objects with one name the first file's stays,
 * as in Traefik.
 *
 * @param files parsed, in the order of their names
 */
export function mergeFiles(files: unknown[]): DynamicConfiguration {
  const merged: DynamicConfiguration = {};
  for (const file of files) {
    if (!isTree(file)) continue;
    for (const protocol of protocols) {
      const source = file[protocol];
      if (!isTree(source)) continue;
      const target: DynamicSection = (merged[protocol] ??= {});
      for (const kind of kinds) {
        const objects = source[kind];
        if (!isTree(objects)) continue;
        target[kind] = { ...objects, ...target[kind] } as Record<string, Tree>;
      }
    }
  }
  return merged;
}

/**
 * What of a configuration refers to the given docker services (`name@docker`): routers, and services built on them
 * (weighted, mirroring, failover).
 */
export function routesTo(
  configuration: DynamicConfiguration,
  services: Record<(typeof protocols)[number], string[]>,
): DynamicConfiguration {
  const found: DynamicConfiguration = {};
  for (const protocol of protocols) {
    const names = new Set(services[protocol]);
    const leadsThere = (object: Tree): boolean =>
      mentionsIn(object).some(
        ({ kind, name, provider }) => kind === 'services' && provider === 'docker' && names.has(name),
      );
    const section = configuration[protocol];
    found[protocol] = {
      routers: pick(section?.routers, leadsThere),
      services: pick(section?.services, leadsThere),
    };
  }
  return found;
}

function pick(
  objects: Record<string, Tree> | undefined,
  wanted: (object: Tree) => boolean,
): Record<string, Tree> {
  return Object.fromEntries(
    Object.entries(objects ?? {}).filter(([, object]) => isTree(object) && wanted(object)),
  );
}
