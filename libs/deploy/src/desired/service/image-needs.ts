import { UserError, type Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';

import { isPinned, type ImageLock } from '../../images/image-lock';
import type { DesiredService } from '../../plan/model';
import { replicasOf } from './definition';
import type { ImageSource } from './pull-policy';

/** What images.lock.yml holds is not asked for. */
export function firstDue(
  services: readonly DesiredService[],
  images: ReadonlyMap<string, ImageSource>,
): number | null {
  const due = services.flatMap(({ name, locked, replicas }) => {
    const at = images.get(name)?.dueAt ?? null;
    return at === null || locked !== undefined || replicas === 0 ? [] : [at];
  });
  return due.length === 0 ? null : Math.min(...due);
}

/** Before anything is touched: Compose finds out when it makes the container. */
export function refuseAbsent(
  stack: string,
  model: ComposeModel,
  images: ReadonlyMap<string, ImageSource>,
  isPresent: (service: string) => boolean,
): void {
  const problems = Object.entries(model.services).flatMap(([name, service]): Problem[] => {
    if (images.get(name)?.mustBePresent !== true || isPresent(name) || replicasOf(service) === 0) return [];
    return [
      {
        code: 'image-absent',
        severity: 'error',
        project: stack,
        message: `${stack}: image ${service.image ?? ''} of ${name} is not on the engine, and pull_policy: never lets nobody fetch it`,
        help: 'load or build it, or take pull_policy: missing',
      },
    ];
  });
  if (problems.length > 0) throw new UserError(problems);
}

/** Nothing where nothing is locked, so that the digest of an earlier version goes on to count. */
export function lockedOf(images: readonly string[] = [], lock: ImageLock): [string, string][] {
  return images.flatMap((image): [string, string][] => {
    const digest = lock.get(image);
    return digest === undefined ? [] : [[image, digest]];
  });
}

/** Whoever has a lock file wants to know what it does not hold. */
export function unlockedNote(services: readonly DesiredService[], lock: ImageLock): string[] {
  const open = services
    .filter(
      ({ image, locked, buildDigest, isLocal }) =>
        buildDigest === null && locked === undefined && isLocal !== true && !isPinned(image),
    )
    .map(({ image }) => image);
  if (lock.size === 0 || open.length === 0) return [];
  return [`not in images.lock.yml: ${[...new Set(open)].join(', ')} (itsup images lock)`];
}
