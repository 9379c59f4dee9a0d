import type { Docker } from '@itsup/docker';

import { imageVolumeAspects, mountedImagesOf } from '../../desired/service/image-volumes';
import { hookImages } from '../../desired/service/hooks';
import { plannedBuilds } from '../../desired/service/builds';
import type { LoadedStack } from '../../desired/loaded-stack';
import { digestsOf, isHeldContent, isPinned, pinnedReference } from '../../images/image-lock';
import type { Run } from '../../run/run';
import type { FirstFetched } from '../../images/record-first';
import type { StackPlan } from '../../plan/model';
import type { DeployContext } from '../../context';
import type { Journal } from '../../state/journal';
import { FetchProgress } from './fetch-progress';

/**
 * Pulls and builds what the plan needs. Nothing that runs is touched, so a failure leaves all as it was.
 * @param firstFetched images that came because they were not there are added, with the digests that the registry has
 * them by
 * @returns the same desired state with the images that are there now; null when nothing had to be fetched
 * @throws DockerError naming the image and the reason
 */
export async function prepareImages(
  context: DeployContext,
  loaded: LoadedStack,
  plan: StackPlan,
  journal: Journal,
  { firstFetched, starts }: Pick<Run, 'firstFetched' | 'starts'>,
): Promise<LoadedStack | null> {
  const { compose, spec } = loaded;
  const pulls = plan.services.filter((service) => service.pull).map((service) => service.service);
  const waves = plannedBuilds(loaded, plan);
  const builds = waves.flat();
  const others = [
    ...new Set([
      ...absentVolumes(loaded, plan),
      ...(await absentHookImages(context.docker, loaded, plan, [...pulls, ...builds])),
    ]),
  ];
  if (pulls.length === 0 && builds.length === 0 && others.length === 0) return null;
  const progress = new FetchProgress((text, detail) => context.reporter.status?.(spec.stack, text, detail));
  // Progress is told of this stack: others fetch at the same time.
  const docker = context.docker.with({ onLine: (line) => progress.take(line) });
  const fetching = docker.compose(compose.stack);
  if (pulls.length > 0) {
    progress.begin(`pulls the image${pulls.length === 1 ? '' : 's'} of ${pulls.join(', ')}`);
    const asked = pulls.filter((name) =>
      loaded.desired.services.some((one) => one.name === name && one.pulls),
    );
    const held = loaded.desired.services.filter(
      ({ name, locked }) => locked !== undefined && pulls.includes(name),
    );
    const missing = pulls.filter((name) => !asked.includes(name) && !held.some((one) => one.name === name));
    await journal.step('pull', async () => {
      await takeLocked(docker, new Map(held.map(({ image, locked = '' }) => [image, locked])));
      if (asked.length > 0) await fetching.pull(asked, { policy: 'always' });
      if (missing.length > 0) await fetching.pull(missing, { policy: 'missing' });
      const wanted = loaded.desired.services.filter(({ name }) => missing.includes(name));
      const images = wanted.map(({ image }) => image);
      await noteFirst(docker, images, firstFetched);
    });
  }
  if (others.length > 0) {
    progress.begin(`pulls the image${others.length === 1 ? '' : 's'} ${others.join(', ')}`);
    await journal.step('pull', async () => {
      const held = new Map([...loaded.lock].filter(([image]) => others.includes(image)));
      const open = others.filter((image) => !held.has(image));
      await takeLocked(docker, held);
      for (const image of open) await docker.pullImage(image);
      await noteFirst(docker, open, firstFetched);
    });
  }
  if (builds.length > 0) {
    progress.begin(`builds ${builds.join(', ')}`);
    await journal.step('build', async () => {
      const bases = new Set(builds.flatMap((name) => loaded.baseImages.get(name) ?? []));
      const wanted = new Map([...loaded.lock].filter(([image]) => bases.has(image)));
      const present = await docker.inspectImages([...wanted.keys()]);
      for (const image of wanted.keys()) {
        if (isHeldContent(loaded.lock, image, present.get(image))) wanted.delete(image);
      }
      await takeLocked(docker, wanted);
      for (const wave of waves) {
        const end = await starts.take();
        try {
          context.signal?.throwIfAborted();
          await fetching.build(wave);
        } finally {
          end();
        }
      }
    });
  }
  return withImages(context, loaded, new Set(builds), new Set(pulls));
}

/**
 * Who asks for the newest with every deploy (`pull_policy: always`, `--pull`) wants no content held, so only what was
 * missing counts.
 */
async function noteFirst(
  docker: Docker,
  fetched: readonly string[],
  firstFetched: FirstFetched,
): Promise<void> {
  const images = fetched.filter((image) => !isPinned(image));
  if (images.length === 0) return;
  const present = await docker.inspectImages([...new Set(images)]);
  for (const image of images) {
    const [digest] = digestsOf(image, present.get(image)?.repoDigests ?? []);
    if (digest !== undefined) firstFetched.set(image, digest);
  }
}

/** Images that containers are to have as volumes, that are not there, and that nobody builds. */
function absentVolumes({ imageVolumes, inputs }: LoadedStack, { services }: StackPlan): string[] {
  const made = services.filter(({ action }) => action !== 'none').map(({ service }) => service);
  const wanted = made.flatMap((service) => imageVolumes.get(service) ?? []);
  const absent = wanted.filter(({ image, isBuilt }) => !isBuilt && inputs.mountedImages?.[image] === null);
  return [...new Set(absent.map(({ image }) => image))];
}

/**
 * Images of hooks that will run, that are not there with the content that images.lock.yml wants, and that no service
 * brings. They come before anything is touched, so that their labels are judged, and one that no registry has fails
 * nothing in the middle.
 */
async function absentHookImages(
  docker: Docker,
  { model, desired, builds, lock }: LoadedStack,
  { services }: StackPlan,
  fetched: readonly string[],
): Promise<string[]> {
  const running = services.filter(({ hooks = [] }) => hooks.some((hook) => hook.startsWith('pre_start')));
  const wanted = [...new Set(running.flatMap(({ service }) => hookImages(model, service)))];
  if (wanted.length === 0) return [];
  const brought = new Set(
    desired.services
      .filter(({ name }) => builds.has(name) || fetched.includes(name))
      .map(({ image }) => image),
  );
  const present = await docker.inspectImages(wanted);
  return wanted.filter((image) => {
    const details = present.get(image);
    const isThere = details !== undefined && isHeldContent(lock, image, details);
    return !isThere && !brought.has(image);
  });
}

/** Under the names that the files have: Compose and Docker's builder know nothing of the lock. */
async function takeLocked(docker: Docker, wanted: ReadonlyMap<string, string>): Promise<void> {
  for (const [image, digest] of wanted) {
    const pinned = pinnedReference(image, digest);
    await docker.pullImage(pinned);
    await docker.tagImage(pinned, image);
  }
}

async function withImages(
  { docker }: DeployContext,
  loaded: LoadedStack,
  built: ReadonlySet<string>,
  pulled: ReadonlySet<string>,
): Promise<LoadedStack> {
  const { desired, imageVolumes, inputs } = loaded;
  const images = await docker.inspectImages([...new Set(desired.services.map((service) => service.image))]);
  const mountedImages = await mountedImagesOf(docker, imageVolumes, loaded.lock);
  const services = desired.services.map((service) => ({
    ...service,
    imageId: images.get(service.image)?.id ?? null,
    aspects: {
      ...service.aspects,
      ...imageVolumeAspects(imageVolumes.get(service.name), mountedImages),
    },
    built: service.built || built.has(service.name),
    pulls: service.pulls && !pulled.has(service.name),
  }));
  return {
    ...loaded,
    desired: { ...desired, services },
    inputs: { ...inputs, ...(imageVolumes.size > 0 && { mountedImages }) },
  };
}
