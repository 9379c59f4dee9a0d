import type { ComposeModel, Docker } from '@itsup/docker';

import { isHeldContent, type ImageLock } from '../../images/image-lock';

/** Where a container has the content of an image as a volume (`type: image`). */
export interface ImageVolume {
  target: string;
  /** Its reference. */
  image: string;
  /** A service of the stack builds it, so no registry is asked. */
  isBuilt: boolean;
}

/** By service; one that has none is left out. */
export type ImageVolumes = ReadonlyMap<string, ImageVolume[]>;

/** Ids of images by reference; null: it is not on the engine, or not with the content that images.lock.yml wants. */
export type MountedImages = Record<string, string | null>;

/**
 * Those of the whole stack.
 * @param imageOf reference of a service's image, by the service's name
 */
export function imageVolumesOf(model: ComposeModel, imageOf: (service: string) => string): ImageVolumes {
  const built = new Set(
    Object.entries(model.services).flatMap(([name, { build }]) => (build ? [imageOf(name)] : [])),
  );
  return new Map(
    Object.entries(model.services).flatMap(([name, { volumes = [] }]) => {
      const own = volumes.flatMap(({ type, source, target }): ImageVolume[] => {
        if (type !== 'image' || source === undefined) return [];
        return [{ target, image: source, isBuilt: built.has(source) }];
      });
      return own.length === 0 ? [] : [[name, own] as const];
    }),
  );
}

/** Looks the images up on the engine; asks nothing where there are none. */
export async function mountedImagesOf(
  docker: Pick<Docker, 'inspectImages'>,
  volumes: ImageVolumes,
  lock: ImageLock,
): Promise<MountedImages> {
  const references = [...new Set([...volumes.values()].flat().map(({ image }) => image))];
  if (references.length === 0) return {};
  const present = await docker.inspectImages(references);
  return Object.fromEntries(
    references.map((image) => {
      const details = present.get(image);
      return [image, isHeldContent(lock, image, details) ? (details?.id ?? null) : null];
    }),
  );
}

/**
 * An aspect a volume: the id of the image behind it, as Compose compares it (`resolveImageVolumes` in its `build.go`).
 */
export function imageVolumeAspects(
  volumes: readonly ImageVolume[] = [],
  images: MountedImages,
): Record<string, string> {
  return Object.fromEntries(
    volumes.map(({ target, image }) => [`image volume ${target}`, images[image] ?? 'absent']),
  );
}
