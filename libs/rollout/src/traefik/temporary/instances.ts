import type { Tree } from '@itsup/traefik';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { handoverLabel, writePrivate } from '../state';
import type { HandoverContext, HandoverRequest } from '../types';
import { RolloutError } from '../../procedure/rollout-error';
import { waitFor, type Waiter } from '../../procedure/waiting';

const mountPoint = '/handover';
const logLines = 20;

/**
 * Starts a Traefik beside the one that Compose runs: same image, mounts, environment, user and rights, and its own
 * static configuration. acme.json stays with its owner.
 *
 * @param network `none` for a trial, `host` for an instance that serves
 * @param mounts what it has beside the service's
 * @returns the container's id
 */
export async function startInstance(
  context: HandoverContext,
  request: HandoverRequest,
  name: 'trial' | 'temporary',
  configuration: Tree,
  network: 'none' | 'host',
  mounts: readonly string[],
): Promise<string> {
  const file = `${name}.yml`;
  await writePrivate(request.folder, file, stringify(configuration, { aliasDuplicateObjects: false }));
  const binds = request.container.binds.filter((bind) => bind.split(':')[1] !== '/acme');
  return context.docker.runDetached({
    image: request.container.image,
    command: [`--configFile=${mountPoint}/${file}`],
    labels: { [handoverLabel]: request.folder },
    network,
    env: request.container.env,
    ...request.container.limits,
    binds: [...binds, ...mounts, `${join(request.folder, file)}:${mountPoint}/${file}:ro`],
  });
}

/** Waits until Traefik in the container answers its own ping. Rejects at once when it ends, with its last lines. */
export async function awaitPing(
  context: HandoverContext,
  id: string,
  name: 'trial' | 'temporary',
  waiter: Waiter,
  options: { limitMs: number; intervalMs: number },
): Promise<void> {
  const command = ['traefik', 'healthcheck', `--configFile=${mountPoint}/${name}.yml`];
  try {
    await waitFor(waiter, { what: 'Traefik to come up with its new configuration', ...options }, async () => {
      await mustRun(context, id);
      const { exitCode } = await context.docker.exec(id, command, { timeoutSeconds: 10 });
      return exitCode === 0 ? true : null;
    });
  } catch (error) {
    throw error instanceof RolloutError ? await withLogs(context, id, error) : error;
  }
}

/** @throws RolloutError when the instance has ended */
export async function mustRun(context: HandoverContext, id: string): Promise<void> {
  const [container] = await context.docker.inspectContainers([id]);
  if (container?.running) return;
  const code = container ? ` with exit code ${container.exitCode}` : '';
  throw await withLogs(
    context,
    id,
    new RolloutError(`Traefik does not start with this configuration: it ended${code}`),
  );
}

async function removeInstance(context: HandoverContext, id: string, graceSeconds: number): Promise<void> {
  await context.docker.stop([id], { timeoutSeconds: graceSeconds });
  await context.docker.remove([id], { force: true, volumes: true });
}

/** Ids of all containers that hand-overs with this folder started, running or not. */
export async function instancesOf(context: HandoverContext, folder: string): Promise<string[]> {
  const found = await context.docker.listContainers({ labelFilters: [`${handoverLabel}=${folder}`] });
  return found.map(({ id }) => id);
}

async function withLogs(context: HandoverContext, id: string, error: RolloutError): Promise<RolloutError> {
  if (error.details.length > 0) return error;
  const text = await context.docker.logs(id, { tail: logLines }).catch(() => '');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return new RolloutError(
    error.message,
    lines.length > 0 ? ['last lines of Traefik:', ...lines.map((line) => `  ${line}`)] : [],
  );
}

/** Stops and removes what hand-overs with this folder started. */
export async function removeInstances(
  context: HandoverContext,
  folder: string,
  graceSeconds: number,
): Promise<void> {
  for (const id of await instancesOf(context, folder)) await removeInstance(context, id, graceSeconds);
}
