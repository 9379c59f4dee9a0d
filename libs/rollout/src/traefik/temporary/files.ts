import { chmod, mkdir, rmdir } from 'node:fs/promises';
import { join, posix } from 'node:path';

import {
  acmeResolvers,
  apiAddressOf,
  certificatesFile,
  entryPointsOf,
  field,
  namedTree,
  subtree,
  textField,
  withoutField,
  type StoredCertificate,
  type Tree,
} from '@itsup/traefik';
import { stringify } from 'yaml';

import { writePrivate } from '../state';

/**
 * Of the dynamic folder: what is mounted there is for the temporary instance alone. Empty and without a meaning to any
 * other.
 */
const ownFolder = 'handover';
/** What the names of the temporary instance's own routers and services begin with: no other instance has them. */
export const ownRoutes = 'handover-challenges';
const defaultDirectory = '/etc/traefik/dynamic';

/** Traefik's own router for challenges has the largest there is, and no other may come nearer. */
const highestPriority = '9223372036854774807';

/**
 * Writes what the temporary instance serves beside what everybody does: the certificates, which it has in no other way,
 * and the way of a challenge to the instance that asked for it.
 *
 * @param dynamicFolder that all instances watch, on this host
 * @returns the mounts that it takes
 */
export async function writeOwnFiles(
  folder: string,
  dynamicFolder: string,
  certificates: readonly StoredCertificate[],
  { current, next }: { current: Tree; next: Tree },
): Promise<string[]> {
  const own = join(folder, 'dynamic');
  await writePrivate(own, 'certificates.yml', certificatesFile(certificates));
  await writePrivate(own, 'challenges.yml', stringify(challengeRoutes(current, next)));
  // Traefik reads it as whatever user; the folder above is for its owner alone.
  await chmod(own, 0o755);
  await mkdir(join(dynamicFolder, ownFolder), { recursive: true });
  const directory = textField(subtree(subtree(next, 'providers'), 'file'), 'directory') ?? defaultDirectory;
  return [`${own}:${posix.join(directory, ownFolder)}:ro`];
}

/** To be called when the instance is gone. */
export async function removeOwnFolder(dynamicFolder: string): Promise<void> {
  await rmdir(join(dynamicFolder, ownFolder)).catch(() => undefined);
}

/** The static configuration without what would ask an authority. */
export function withoutResolvers(configuration: Tree): Tree {
  return withoutField(configuration, 'certificatesResolvers');
}

/**
 * Routes that lead HTTP challenges from the temporary instance to the one that owns acme.json, by the internal entry
 * point: that is no port that is redirected, and both instances have it, one after the other.
 */
export function challengeRoutes(current: Tree, next: Tree): Record<string, unknown> {
  const points = [current, next].flatMap((configuration) =>
    acmeResolvers(configuration).flatMap(({ entryPoint }) => entryPoint ?? []),
  );
  const known = entryPointsOf(next).map(({ name }) => name);
  const entryPoints = [...new Set(points)].filter((name) => known.includes(name)).sort();
  if (entryPoints.length === 0) return {};
  const owners = [...new Set([apiAddressOf(current), apiAddressOf(next)])];
  const routers = entryPoints.map((entryPoint) => [
    `${ownRoutes}-${entryPoint}`,
    {
      entryPoints: [entryPoint],
      rule: 'PathPrefix(`/.well-known/acme-challenge/`)',
      service: ownRoutes,
      ...(isShared(next, entryPoint) ? {} : { priority: highestPriority }),
    },
  ]);
  return {
    http: {
      routers: Object.fromEntries(routers) as Record<string, unknown>,
      services: {
        [ownRoutes]: {
          loadBalancer: {
            servers: owners.map((url) => ({ url })),
            // Of two addresses one has nobody yet, or no more.
            ...(owners.length > 1 && { healthCheck: { path: '/ping', interval: '1s', timeout: '1s' } }),
          },
        },
      },
    },
  };
}

/** Projects answer challenges of their own there: of two routers the longer rule counts, as everywhere. */
function isShared(configuration: Tree, entryPoint: string): boolean {
  const point = namedTree(subtree(configuration, 'entryPoints'), entryPoint);
  return String(field(point, 'allowACMEByPass')) === 'true';
}
