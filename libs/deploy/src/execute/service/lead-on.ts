import path from 'node:path';

import { UserError } from '@itsup/config';
import { OF_COMPOSE, ofComposeProject } from '@itsup/docker';
import {
  DEFAULT_DRAIN,
  factsOf,
  handOn,
  heirsOf,
  isRoutedBy,
  RolloutError,
  type ContainerFacts,
  type Heir,
} from '@itsup/rollout';

import type { DeployContext } from '../../context';
import { proxyAccess } from '../../proxy/proxy-access';
import type { Run } from '../../run/run';
import { acquireLock, SHORT_LOCK_WAIT_MS, type Lock } from '../../state/lock';
import { rolloutContext } from '../rollout-context';

/**
 * Before the containers of a stack are stopped: where another stack serves the same routes, as a renamed folder's does,
 * that one gets all requests, and what is under way ends.
 *
 * @returns to be called when the containers are gone
 * @throws Interrupted
 */
export async function leadOn(
  run: Run,
  { stack, projectName }: { stack: string; projectName: string },
): Promise<() => Promise<void>> {
  const { context } = run;
  const nothing = (): Promise<void> => Promise.resolve();
  const proxy = await proxyAccess(context.state, run.observed, context.docker);
  if (proxy === null) return nothing;
  const rollout = rolloutContext(context, proxy);
  // No filter of the engine's reads the labels of Traefik as Traefik does.
  const routed = async (
    labelFilters: readonly string[],
    but: readonly string[],
  ): Promise<ContainerFacts[]> => {
    const ids = (await running(context, labelFilters)).filter((id) => !but.includes(id));
    return (await factsOf(context.docker, ids)).filter(({ labels }) => isRoutedBy(proxy, labels));
  };
  const going = await routed(ofComposeProject(projectName), []);
  if (going.length === 0) return nothing;
  const others = await routed(
    OF_COMPOSE,
    going.map(({ id }) => id),
  );
  const heirs = heirsOf(rollout, going, others, (name) => ownerOf(run, name));
  if (heirs.length === 0) return nothing;
  const locks: Lock[] = [];
  const release = async (): Promise<void> => {
    for (const lock of locks.splice(0)) await lock.release();
  };
  try {
    for (const project of projectsOf(heirs)) locks.push(await lockOf(context, project));
    context.reporter.line(
      stack,
      `note: ${projectsOf(heirs).join(', ')} serves the same routes and gets its requests`,
    );
    // Of what goes there may be no file any more that says how it is drained.
    const end = await handOn(rollout, going, heirs, DEFAULT_DRAIN);
    return async () => {
      try {
        await end().catch((error: unknown) => tell(context, stack, error));
      } finally {
        await release();
      }
    };
  } catch (error) {
    await release();
    tell(context, stack, error);
    return nothing;
  }
}

/** It goes all the same: that was asked for. */
function tell({ reporter }: DeployContext, stack: string, error: unknown): void {
  if (!(error instanceof RolloutError) && !(error instanceof UserError)) throw error;
  reporter.line(stack, `note: requests may fail while its containers are stopped: ${error.message}`);
}

async function running({ docker }: DeployContext, labelFilters: readonly string[]): Promise<string[]> {
  const found = await docker.listContainers({ labelFilters: [...labelFilters] });
  return found
    .filter(({ compose, state }) => compose?.oneoff === false && state === 'running')
    .map(({ id }) => id);
}

function ownerOf({ specs, deployed }: Run, composeProject: string): string | null {
  for (const { stack, projectName, kind } of specs.values())
    if (kind !== 'external' && projectName === composeProject && deployed.has(stack)) return stack;
  return null;
}

function projectsOf(heirs: readonly Heir[]): string[] {
  return [...new Set(heirs.map(({ project }) => project))].sort();
}

/** A deploy of the heir may have a pin of its own. */
function lockOf({ signal, state, system }: DeployContext, stack: string): Promise<Lock> {
  return acquireLock({
    file: path.join(state.stackDir(stack), 'lock'),
    what: `stack ${stack}`,
    command: 'hand-on',
    waitMs: SHORT_LOCK_WAIT_MS,
    system,
    ...(signal && { signal }),
  });
}
