import { compareText, UserError, problemsOf, type Problem, type Workspace } from '@itsup/config';
import type { KeptPlugin } from '@itsup/artifacts';
import type { Docker, ImageDetails } from '@itsup/docker';

import type { DeployContext } from '../context';
import { loadDesired } from '../desired/load-desired';
import { hookImages } from '../desired/service/hooks';
import { offeredDigest, pluginReference } from '../plugins/keep-plugin';
import { pluginFacts } from '../plugins/plugin-of-run';
import { PROXY_STACK } from '../requests';
import { loadOptions } from '../run/load-options';
import { prepareRun } from '../run/prepare-run';
import { refuseSwarm } from '../stack/refuse-swarm';
import { writeLock, type LockChange } from '../images/write-lock';
import { digestsOf, isPinned, readImageLock, type ImageLock } from '../images/image-lock';

/** An image that a stack of the workspace runs, against lock and engine. */
export interface ImageStanding {
  image: string;
  stacks: string[];
  /** What the lock says; null: it is not locked. */
  locked: string | null;
  /** What the engine has under the name; null: nothing that a registry knows. */
  present: string | null;
  /** Why there is nothing to lock, in words; null: there is. */
  unlockable: string | null;
}

export interface ImagesFound {
  images: ImageStanding[];
  /** Stacks whose images are not known. */
  failed: { stack: string; problems: Problem[] }[];
  /** Projects that are off: nobody asks what they would run. */
  off: string[];
}

/** The images that the stacks of this workspace run and that their builds start from. Changes nothing. */
export async function imagesInUse(
  context: DeployContext,
  workspace: Workspace,
  stacks?: string[],
): Promise<ImagesFound> {
  refuseSwarm(workspace.settings);
  const run = await prepareRun(context, { workspace, ...(stacks === undefined ? {} : { stacks }) }, false);
  const users = new Map<string, string[]>();
  const failed: ImagesFound['failed'] = [];
  for (const stack of run.order) {
    const spec = run.specs.get(stack);
    if (spec === undefined || spec.kind !== 'converge') continue;
    try {
      const { desired, model, baseImages, imageVolumes } = await loadDesired(
        spec,
        loadOptions(run, spec, []),
      );
      const fetched = desired.services.filter(({ buildDigest }) => buildDigest === null);
      const built = new Set(desired.services.filter((one) => !fetched.includes(one)).map((one) => one.image));
      const ofHooks = desired.services.flatMap(({ name }) => hookImages(model, name));
      const mounted = [...imageVolumes.values()].flat().filter(({ isBuilt }) => !isBuilt);
      for (const image of [
        ...[...fetched, ...mounted].map(({ image }) => image),
        ...ofHooks.filter((image) => !built.has(image)),
        ...[...baseImages.values()].flat(),
      ]) {
        users.set(image, [...new Set([...(users.get(image) ?? []), stack])]);
      }
    } catch (error) {
      failed.push({ stack, problems: problemsOf(error) });
    }
  }
  const lock = await readImageLock(context.root);
  const names = [...users.keys()].sort(compareText);
  const present = await context.docker.inspectImages(names);
  const plugin =
    stacks === undefined || stacks.includes(PROXY_STACK) ? await ofPlugin(context, workspace) : [];
  return {
    images: [
      ...names.map((image) => ({
        ...standing(image, lock, present.get(image)),
        stacks: users.get(image) ?? [],
      })),
      ...plugin,
    ],
    failed,
    off: run.order.filter((stack) => run.specs.get(stack)?.kind === 'down'),
  };
}

/** Traefik's plugin is held to its content by the same file. */
async function ofPlugin(context: DeployContext, { settings }: Workspace): Promise<ImageStanding[]> {
  const facts = await pluginFacts(context, settings);
  if (facts === null) return [];
  const { reference, locked, digest, damage } = facts;
  const present = damage === null ? digest : null;
  const unlockable = present === null ? 'not kept here yet: deploy the proxy first' : null;
  return [{ image: reference, stacks: [PROXY_STACK], locked, present, unlockable }];
}

/**
 * Records the digests of images that are not locked yet, as the engine has them, and forgets those that nothing runs
 * any more. Only when every stack's images are known.
 * @throws UserError when a stack's images are not known
 */
export async function lockImages({ root }: DeployContext, found: ImagesFound): Promise<LockChange[]> {
  const [broken] = found.failed;
  if (broken !== undefined) throw new UserError(found.failed.flatMap(({ problems }) => problems));
  const before = await readImageLock(root);
  const after = new Map([
    // What is off may come back.
    ...(found.off.length > 0 ? before : []),
    ...found.images.flatMap(({ image, locked, present }) => {
      const digest = locked ?? present;
      return digest === null ? [] : [[image, digest] as const];
    }),
  ]);
  return writeLock(root, before, after);
}

/**
 * Pulls these tags and records what they stand for now; the next deploy rolls it out.
 * @param plugin Traefik's, which an image may name by its reference
 * @throws DockerError for a pull that fails; what was pulled before it is recorded
 */
export async function updateImages(
  context: Pick<DeployContext, 'root' | 'env' | 'signal'> & {
    docker: Pick<Docker, 'pullImage' | 'inspectImages'>;
  },
  images: readonly string[],
  plugin: KeptPlugin | null = null,
): Promise<LockChange[]> {
  const { root, docker } = context;
  const changes: LockChange[] = [];
  for (const image of images) {
    const isPlugin = plugin !== null && image === pluginReference(plugin);
    if (!isPlugin) await docker.pullImage(image);
    const digest = isPlugin
      ? await offeredDigest(context, plugin)
      : presentDigest(image, (await docker.inspectImages([image])).get(image));
    const before = await readImageLock(root);
    if (digest !== null)
      changes.push(...(await writeLock(root, before, new Map([...before, [image, digest]]))));
  }
  return changes;
}

function standing(
  image: string,
  lock: ImageLock,
  details: ImageDetails | undefined,
): Omit<ImageStanding, 'stacks'> {
  const present = presentDigest(image, details);
  const unlockable = isPinned(image)
    ? 'names its content by itself'
    : details === undefined
      ? 'not on the engine yet: deploy first'
      : present === null
        ? 'built or loaded here: no registry knows it'
        : null;
  return { image, locked: lock.get(image) ?? null, present, unlockable };
}

function presentDigest(image: string, details: ImageDetails | undefined): string | null {
  return isPinned(image) || details === undefined ? null : (digestsOf(image, details.repoDigests)[0] ?? null);
}
