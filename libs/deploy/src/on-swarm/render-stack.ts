import { UserError } from '@itsup/config';
import { DockerError, type ComposeModel, type Docker } from '@itsup/docker';

import type { LoadedStack } from '../desired/loaded-stack';
import { ALL_ASPECTS, type DesiredService } from '../plan/model';
import type { Run } from '../run/run';
import type { StackSpec } from '../stack/stack-spec';
import { dataConstraint } from './data-node';
import type { StackFile } from '../swarm/stack-file';
import type { WantedFile } from './file-objects';
import { deployedLabels, STACK_NAME_LABEL, WORKSPACE_LABEL } from '../swarm/deployed-label';
import { notRolledOnSwarm } from '../swarm/plan-swarm';
import { toStack } from '../swarm/to-stack';

export interface RenderFacts {
  /** Id of the workspace. */
  workspace: string;
  images: ReadonlyMap<string, string>;
  files: readonly WantedFile[];
  /** Services that run where the stack's data is. */
  withData: readonly string[];
  /** By which Traefik comes, made before; null: it does not come. */
  proxyNetwork: string | null;
}

/** What a stack file is rendered from. */
export interface RenderedStack {
  spec: Pick<StackSpec, 'stack' | 'projectName' | 'edges' | 'consumers'>;
  model: ComposeModel;
  desired: Pick<LoadedStack['desired'], 'services'>;
}

/** The stack file of a loaded stack, whole. It holds values of secrets. */
export function renderStack({ spec, model, desired }: RenderedStack, facts: RenderFacts): StackFile {
  const byName = new Map(desired.services.map((service) => [service.name, service]));
  const serviceOf = (name: string): DesiredService => {
    const service = byName.get(name);
    if (service === undefined) throw new Error(`${name} is no service of the stack`);
    return service;
  };
  const stack = toStack(model, {
    image: (name) => facts.images.get(name) ?? serviceOf(name).image,
    order: (name) => (notRolledOnSwarm(serviceOf(name)).length === 0 ? 'start-first' : 'stop-first'),
    fileObject: (kind, key) => {
      const file = facts.files.find((one) => one.kind === kind && one.key === key);
      if (file === undefined) throw new Error(`the ${kind} ${key} was not read`);
      return file.name;
    },
    labels: (name) => {
      const { aspects, image, imageId, buildDigest, replicas, dependsOn } = serviceOf(name);
      const deployed = { aspects, aspectsVersion: ALL_ASPECTS, image, imageId, buildDigest, replicas };
      return deployedLabels(facts.workspace, spec.stack, {
        ...deployed,
        dependsOn: dependsOn.map(({ service }) => service),
      });
    },
    constraints: (name) => (facts.withData.includes(name) ? [dataConstraint(spec.projectName)] : []),
  });
  return withEdges(stack, { spec }, facts.proxyNetwork);
}

/**
 * Networks between stacks are made before, by whoever of the two is deployed first: they belong to neither's file. The
 * provider's service joins those of its consumers.
 */
function withEdges(
  stack: StackFile,
  { spec }: Pick<RenderedStack, 'spec'>,
  proxyNetwork: string | null,
): StackFile {
  const networks = { ...stack.networks };
  for (const [key, network] of Object.entries(networks)) {
    if (network.name === proxyNetwork || spec.edges.some((edge) => edge.network === network.name)) {
      networks[key] = { name: network.name, external: true };
    }
  }
  const services = { ...stack.services };
  for (const { network, service } of spec.consumers) {
    const own = services[service];
    if (own === undefined) continue;
    networks[network] = { name: network, external: true };
    services[service] = { ...own, networks: { ...own.networks, [network]: {} } };
  }
  return { ...stack, networks, services };
}

/** The services with the networks of their consumers: a task joins one only when it is made. */
export function withConsumers(
  { spec, desired }: LoadedStack,
  digestOf: (value: unknown) => string,
): DesiredService[] {
  return desired.services.map((service) => ({
    ...service,
    aspects: {
      ...service.aspects,
      ...Object.fromEntries(
        spec.consumers
          .filter((consumer) => consumer.service === service.name)
          .map(({ network }) => [`network ${network}`, digestOf([network, 'consumer'])]),
      ),
    },
  }));
}

/** Networks between this stack and others. */
export function edgeNetworks({ edges, consumers }: Pick<StackSpec, 'edges' | 'consumers'>): Set<string> {
  return new Set([...edges, ...consumers].map(({ network }) => network));
}

/** Makes them. */
export async function makeEdges(
  docker: Pick<Docker, 'swarm'>,
  { spec }: Pick<LoadedStack, 'spec'>,
  workspace: string,
): Promise<void> {
  const labels = { [WORKSPACE_LABEL]: workspace, [STACK_NAME_LABEL]: spec.stack };
  for (const name of edgeNetworks(spec)) await docker.swarm.createOverlay({ name, internal: true, labels });
}

/** Networks of edges that the stack had and has no more; one that its provider is on stays until that is deployed. */
export async function removeOldEdges(
  { context, deployed }: Run,
  { spec }: Pick<LoadedStack, 'spec'>,
): Promise<void> {
  const wanted = new Set(spec.edges.map(({ network }) => network));
  for (const { network } of deployed.get(spec.stack)?.edges ?? []) {
    if (!wanted.has(network)) await removeUnlessUsed(context.docker, network);
  }
}

/** Removes a network; one that a service or a task is still on stays. */
export async function removeUnlessUsed(
  docker: Pick<Docker, 'removeNetwork'>,
  network: string,
): Promise<void> {
  await docker.removeNetwork(network).catch((error: unknown) => {
    if (!DockerError.is(error, 'network-in-use')) throw error;
  });
}

/**
 * A consumer's tasks start where its provider can be reached.
 * @param joined whether the provider's service is on the network
 * @throws UserError with the command that brings it there
 */
export function refuseWithoutProviders(
  { spec }: Pick<LoadedStack, 'spec'>,
  joined: (provider: string, service: string, network: string) => boolean,
): void {
  const missing = spec.edges.filter(
    ({ providerProjectName, service, network }) => !joined(providerProjectName, service, network),
  );
  const [first] = missing;
  if (first === undefined) return;
  throw new UserError({
    code: 'provider-missing',
    severity: 'error',
    project: spec.stack,
    message: `${spec.stack} needs ${missing.map(({ provider, service }) => `${provider}:${service}`).join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not on the network between them yet`,
    help: `deploy the provider first: itsup deploy ${first.provider}`,
  });
}
