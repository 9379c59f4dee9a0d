import { readFile } from 'node:fs/promises';

import { compareText, isActive } from '@itsup/config';
import { parse } from 'yaml';

import type { EdgePlan, ServicePlan, StackPlan } from '../../plan/model';
import type { Run } from '../../run/run';
import { refuseForeignFiles } from '../../run/refusal/refusals';
import type { StackSpec } from '../../stack/stack-spec';

/**
 * What a first deploy would do, from the sources alone: neither an engine nor Compose may be there to ask.
 * @throws UserError where the deploy would be refused for what the folders hold
 */
export async function planEmptyHost(run: Run, spec: StackSpec): Promise<StackPlan> {
  await refuseForeignFiles(run.context, spec);
  const files = run.publisher.pending(spec.stack);
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
    files,
    operations: [],
    unchanged: false,
    fromRecord: false,
    notes: [],
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
