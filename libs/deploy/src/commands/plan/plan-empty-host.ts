import { readFile } from 'node:fs/promises';

import { compareText, isActive, problemsOf, UserError } from '@itsup/config';
import { DockerError, type Docker } from '@itsup/docker';
import { parse } from 'yaml';

import { loadDesired } from '../../desired/load-desired';
import type { LoadedStack, LoadOptions } from '../../desired/loaded-stack';
import { NOTHING_LIVE } from '../../engine/live-facts';
import type { EdgePlan, ServicePlan, StackPlan } from '../../plan/model';
import { loadOptions } from '../../run/load-options';
import { refuseForeignFiles } from '../../run/refusal/refusals';
import type { Run } from '../../run/run';
import type { StackSpec } from '../../stack/stack-spec';
import { planAgainst, refuseSources } from './plan-one';

/**
 * What a first deploy would do on a host where nothing runs: no engine answers. Compose needs none, so the plan is the
 * real one, with its operations. Where this machine lacks what Compose needs (Compose itself, a secret's key, a file
 * that git ignores), that is no fault of the host: the services are then read from the sources alone, and a note says
 * that the operations are not known.
 * @throws UserError where the deploy would be refused for what the sources say
 */
export async function planEmptyHost(shared: Run, spec: StackSpec): Promise<StackPlan> {
  const run = { ...shared, deployed: new Map(), observed: new Map() };
  await refuseForeignFiles(run.context, spec);
  const options = loadOptions(run, spec, []);
  let loaded: LoadedStack;
  try {
    loaded = await loadDesired(spec, { ...options, docker: withoutImages(options.docker) });
  } catch (error) {
    return fromSources(run, spec, lackOf(error));
  }
  await refuseSources(run, loaded);
  try {
    return await planAgainst(run, loaded, { observed: run.observed, live: NOTHING_LIVE });
  } catch (error) {
    return fromSources(run, spec, lackOf(error));
  }
}

/**
 * What this machine lacks, in words.
 * @throws what is no lack: an interrupt, and a fault of our own
 */
function lackOf(error: unknown): string {
  const isLack = error instanceof UserError || (error instanceof DockerError && error.code !== 'interrupted');
  const [first] = isLack ? problemsOf(error) : [];
  if (first === undefined) throw error;
  return first.message;
}

/** Compose as it is, on an engine that has no image. */
function withoutImages(docker: LoadOptions['docker']): Pick<Docker, 'compose' | 'inspectImages'> {
  return { compose: (stack) => docker.compose(stack), inspectImages: () => Promise.resolve(new Map()) };
}

async function fromSources(run: Run, spec: StackSpec, reason: string): Promise<StackPlan> {
  return {
    stack: spec.stack,
    projectName: spec.projectName,
    kind: 'converge',
    services: (await servicesOf(spec)).map(created),
    edges: spec.edges.map((edge): EdgePlan => ({
      action: 'connect',
      network: edge.network,
      consumer: spec.stack,
      provider: edge.provider,
      service: edge.service,
      containers: [],
    })),
    networks: [],
    files: run.publisher.pending(spec.stack),
    operations: [],
    unchanged: false,
    fromRecord: false,
    notes: [`read from the sources alone, so the operations and their order are not known: ${reason}`],
  };
}

interface Service {
  name: string;
  image: string | null;
  builds: boolean;
}

async function servicesOf({ project, composeFile }: StackSpec): Promise<Service[]> {
  if (project === null) {
    return generatedServices(await readFile(composeFile, 'utf8'));
  }
  // A profile is only started by who asks for it.
  const started = (project.compose?.services ?? []).filter((service) =>
    isActive(project.compose ?? {}, service),
  );
  return started.map(({ name, image, hasBuild }) => ({ name, image, builds: hasBuild }));
}

/** The services of a Compose file that we generated, so its shape is known. */
function generatedServices(text: string): Service[] {
  const { services } = parse(text) as { services: Record<string, { image?: string; build?: unknown }> };
  return Object.entries(services)
    .map(([name, { image, build }]) => ({ name, image: image ?? null, builds: build !== undefined }))
    .sort((a, b) => compareText(a.name, b.name));
}

function created({ name, image, builds }: Service): ServicePlan {
  return {
    service: name,
    action: 'create',
    reasons: [image === null ? 'new service' : `new service of ${image}`],
    notRolled: [],
    build: builds,
    pull: false,
    replicas: 1,
    current: [],
    leftovers: [],
    retired: [],
    networks: [],
  };
}
