import { DockerError, ofComposeProject, type ComposeModel, type Docker } from '@itsup/docker';
import { NETWORK_LABEL } from '@itsup/routing';
import { enabledByLabels } from '@itsup/traefik';

import { PROXY_STACK, TRAEFIK } from '../requests';
import type { Run } from '../run/run';
import { STACK_NAME_LABEL, WORKSPACE_LABEL } from '../swarm/deployed-label';
import { removeUnlessUsed } from './render-stack';

/** On the network by which Traefik comes to one stack. */
const PROXY_NETWORK_LABEL = 'itsup.proxy';

/** The engine gives up after 20 s where its manager has much to do, and takes the next try as a new one. */
const PATIENCE_MS = 180_000;
const PAUSE_MS = 1000;

type ProxyEngine = Pick<
  Docker,
  'swarm' | 'listContainers' | 'connectNetwork' | 'disconnectNetwork' | 'listNetworks' | 'removeNetwork'
>;

/**
 * The network by which Traefik comes to a stack, by its name on the engine; null: it does not. Labels of a service that
 * Traefik takes say it, so that it is the one of the files that are deployed, be they today's or those that a rollback
 * brings back. Pure.
 * @param isExposed whether Traefik takes services that do not say it
 */
export function proxyNetworkOf(
  { services }: Pick<ComposeModel, 'services'>,
  isExposed: boolean,
): string | null {
  for (const { labels = {} } of Object.values(services)) {
    if (!(enabledByLabels(labels) ?? isExposed)) continue;
    const name = labels[NETWORK_LABEL];
    // Compose prints its model as it would read it again: a dollar sign doubled.
    if (name !== undefined) return name.replaceAll('$$', '$');
  }
  return null;
}

/**
 * Makes the network between Traefik and one stack, and attaches Traefik to it as it runs: nobody's connection is
 * touched. Where no Traefik runs yet, its own deploy does that. It leads nowhere else, and no other stack is on it.
 */
export async function joinProxy(
  { context }: Run,
  network: string,
  { stack, workspace }: { stack: string; workspace: string },
): Promise<void> {
  const { docker } = context;
  const labels = {
    [WORKSPACE_LABEL]: workspace,
    [STACK_NAME_LABEL]: stack,
    [PROXY_NETWORK_LABEL]: 'true',
  };
  await docker.swarm.createOverlay({ name: network, internal: true, labels });
  await attachTraefik(context, [network]);
}

/** Attaches Traefik to the networks of all stacks of the workspace: a new container of it is on none of them. */
export async function joinAllProxied({ context }: Pick<Run, 'context'>, workspace: string): Promise<void> {
  const networks = await context.docker.listNetworks({
    labelFilters: [`${PROXY_NETWORK_LABEL}=true`, `${WORKSPACE_LABEL}=${workspace}`],
  });
  await attachTraefik(
    context,
    networks.map(({ name }) => name),
  );
}

/** Takes Traefik off the networks of a stack that is gone, and removes them. */
export async function leaveProxied(docker: ProxyEngine, stack: string, workspace: string): Promise<void> {
  const networks = await docker.listNetworks({
    labelFilters: [
      ...[`${PROXY_NETWORK_LABEL}=true`, `${WORKSPACE_LABEL}=${workspace}`],
      `${STACK_NAME_LABEL}=${stack}`,
    ],
  });
  if (networks.length === 0) return;
  const traefik = await traefikContainers(docker);
  for (const { name } of networks) {
    for (const id of traefik) await docker.disconnectNetwork(name, id);
    await removeUnlessUsed(docker, name);
  }
}

async function attachTraefik(
  { docker, system, reporter }: Pick<Run['context'], 'docker' | 'system' | 'reporter'>,
  networks: readonly string[],
): Promise<void> {
  const traefik = networks.length === 0 ? [] : await traefikContainers(docker);
  for (const network of networks) {
    for (const id of traefik) {
      const until = system.now() + PATIENCE_MS;
      for (;;) {
        try {
          await docker.connectNetwork(network, id);
          break;
        } catch (error) {
          const isSlow =
            DockerError.is(error, 'command-failed') && /deadline exceeded/i.test(error.fault.stderr);
          if (!isSlow || system.now() > until) throw error;
          reporter.status?.(null, `waits for the engine to attach Traefik to ${network}`);
          await system.sleep(PAUSE_MS);
        }
      }
    }
  }
}

async function traefikContainers(docker: Pick<Docker, 'listContainers'>): Promise<string[]> {
  const listed = await docker.listContainers({ labelFilters: ofComposeProject(PROXY_STACK, TRAEFIK) });
  return listed
    .filter(({ state, compose }) => state === 'running' && compose?.oneoff !== true)
    .map(({ id }) => id);
}
