import type { DeployedService, DesiredService, ObservedContainer } from '../model';
import { describeChanges, describeImage, isBuildChanged, shortId } from './reasons';

/** What differs from the last deploy, in words; empty when nothing is known to. */
export function changesOf(
  desired: DesiredService,
  deployed: DeployedService | null,
  containers: ObservedContainer[],
): string[] {
  if (deployed === null) return [];
  const reasons: string[] = [];
  const image = describeImage(deployed, desired);
  if (image !== null) reasons.push(image);
  else if (desired.imageId === null && containers.length > 0) {
    reasons.push(
      desired.locked === undefined
        ? `image ${desired.image} is not on the engine any more`
        : `image ${desired.image} → ${shortId(desired.locked)}, by images.lock.yml`,
    );
  } else if (needsBuild(desired, deployed)) reasons.push('build context');
  reasons.push(...describeChanges(deployed, desired.aspects));
  return reasons;
}

/** Built once for every change of its inputs, and when nobody knows what the image that is there was built from. */
export function needsBuild(desired: DesiredService, deployed: DeployedService | null): boolean {
  if (desired.buildDigest === null || desired.built || desired.replicas === 0) return false;
  return desired.imageId === null || isBuildChanged(desired, deployed);
}

/** Whether that changes anything, the image's id says afterwards. */
export function isRebuilt({ rebuilds, built, replicas }: DesiredService): boolean {
  return rebuilds === true && !built && replicas > 0;
}
