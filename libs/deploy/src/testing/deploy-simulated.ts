import type { ComposeFacts } from '@itsup/config';
import type { ComposeService } from '@itsup/docker';

import { deployStacks } from '../commands/deploy/deploy-stacks';
import type { DeployRequest, DeploySummary, StackOutcome } from '../requests';
import type { SimulatedWorkspace } from './simulated-workspace';

/** A service that can be rolled. */
export const WEB: ComposeService = {
  image: 'web:1',
  environment: { LEVEL: 'info' },
  healthcheck: { test: ['CMD', 'true'] },
};

/** A service whose volume keeps it from being rolled. */
export const DB: ComposeService = {
  image: 'db:1',
  healthcheck: { test: ['CMD', 'true'] },
  volumes: [{ type: 'volume', source: 'data', target: '/data' }],
};

/** Deploys the simulated workspace, its projects alone unless the request names stacks. */
export function deploy(
  simulated: SimulatedWorkspace,
  change: Partial<DeployRequest> = {},
  context = simulated.context(),
): Promise<DeploySummary> {
  const workspace = simulated.workspace();
  const stacks = workspace.projects.map((project) => project.name);
  return deployStacks(context, { workspace, stacks, ...change });
}

/** Deploys, and gives what became of one stack. */
export async function outcomeOf(
  simulated: SimulatedWorkspace,
  stack: string,
  change: Partial<DeployRequest> = {},
  context = simulated.context(),
): Promise<StackOutcome> {
  const { outcomes } = await deploy(simulated, change, context);
  const found = outcomes.find((outcome) => outcome.stack === stack);
  if (found === undefined) throw new Error(`${stack} has no outcome`);
  return found;
}

/** Service → action of the outcome's plan. */
export function actions(outcome: StackOutcome): Record<string, string> {
  return Object.fromEntries(outcome.plan?.services.map(({ service, action }) => [service, action]) ?? []);
}

/** Of every container that is there. */
export function idsOf(simulated: SimulatedWorkspace): string[] {
  return [...simulated.engine.containers.keys()].sort();
}

/** What the reader of Compose files knows of a project with one service. */
export function facts(service: string): ComposeFacts {
  const place = { file: 'docker-compose.yml', line: 1, column: 1 };
  return {
    files: [],
    name: null,
    networks: [],
    binds: [],
    services: [
      {
        name: service,
        place,
        networks: null,
        networkMode: null,
        labels: {},
        hasDns: false,
        hasHealthcheck: true,
        image: 'web:1',
        hasBuild: false,
        containerName: null,
        profiles: [],
        publishedPorts: [],
      },
    ],
  };
}
