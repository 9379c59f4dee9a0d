import type { LoadedStack } from '../desired/load-desired';
import type { StackPlan } from '../plan/model';
import type { DeployContext } from '../context';
import type { Journal } from '../state/journal';
import { FetchProgress } from './fetch-progress';

/**
 * Pulls and builds what the plan needs. Nothing that runs is touched, so a failure leaves all as it was.
 * @returns the same desired state with the images that are there now; null when nothing had to be fetched
 * @throws DockerError naming the image and the reason
 */
export async function prepareImages(
  context: DeployContext,
  loaded: LoadedStack,
  plan: StackPlan,
  journal: Journal,
): Promise<LoadedStack | null> {
  const { compose, spec } = loaded;
  const pulls = plan.services.filter((service) => service.pull).map((service) => service.service);
  const builds = plan.services.filter((service) => service.build).map((service) => service.service);
  if (pulls.length === 0 && builds.length === 0) return null;
  const progress = new FetchProgress((text, detail) => context.reporter.status?.(spec.stack, text, detail));
  // Progress is told of this stack: others fetch at the same time.
  const fetching = context.docker.with({ onLine: (line) => progress.take(line) }).compose(compose.stack);
  if (pulls.length > 0) {
    progress.begin(`pulls the image${pulls.length === 1 ? '' : 's'} of ${pulls.join(', ')}`);
    const asked = pulls.filter((name) =>
      loaded.desired.services.some((one) => one.name === name && one.pulls),
    );
    const missing = pulls.filter((name) => !asked.includes(name));
    await journal.step('pull', async () => {
      if (asked.length > 0) await fetching.pull(asked, { policy: 'always' });
      if (missing.length > 0) await fetching.pull(missing, { policy: 'missing' });
    });
  }
  if (builds.length > 0) {
    progress.begin(`builds ${builds.join(', ')}`);
    await journal.step('build', () => fetching.build(builds));
  }
  return withImages(context, loaded, new Set(builds), new Set(pulls));
}

async function withImages(
  { docker }: DeployContext,
  loaded: LoadedStack,
  built: ReadonlySet<string>,
  pulled: ReadonlySet<string>,
): Promise<LoadedStack> {
  const { desired } = loaded;
  const images = await docker.inspectImages([...new Set(desired.services.map((service) => service.image))]);
  const services = desired.services.map((service) => ({
    ...service,
    imageId: images.get(service.image)?.id ?? null,
    built: service.built || built.has(service.name),
    pulls: service.pulls && !pulled.has(service.name),
  }));
  return { ...loaded, desired: { ...desired, services } };
}
