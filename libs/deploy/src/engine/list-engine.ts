import { DockerError, OF_COMPOSE, type ContainerSummary, type Docker } from '@itsup/docker';

import { byProject, observe, type Observed } from '../plan/observe';
import type { EngineFact } from '../requests';

/** One listing of the engine, or why there is none. */
export interface EngineAnswer {
  /** Containers of Compose; empty without an engine. */
  listing: ContainerSummary[];
  fact: EngineFact;
}

/** Faults that say that there is no engine to ask. */
const ABSENT = ['docker-missing', 'engine-unreachable', 'permission-denied'] as const;

/** Whether an error says that there is no engine to ask. */
export function isEngineAbsent(error: unknown): error is DockerError {
  return ABSENT.some((code) => DockerError.is(error, code));
}

/** All containers that Compose made, stopped ones included. */
export function composeContainers(docker: Pick<Docker, 'listContainers'>): Promise<ContainerSummary[]> {
  return docker.listContainers({ labelFilters: [...OF_COMPOSE] });
}

/** What runs now, by Compose project. */
export async function observeNow(docker: Pick<Docker, 'listContainers'>): Promise<Observed> {
  return byProject(observe(await composeContainers(docker)));
}

/**
 * The same, where an engine that does not answer is a fact like any other.
 * @param isNeeded reject nevertheless
 */
export async function listEngine(
  docker: Pick<Docker, 'listContainers'>,
  { isNeeded = false }: { isNeeded?: boolean } = {},
): Promise<EngineAnswer> {
  try {
    return { listing: await composeContainers(docker), fact: { reachable: true, reason: null } };
  } catch (error) {
    if (isNeeded || !isEngineAbsent(error)) throw error;
    return { listing: [], fact: { reachable: false, reason: error.message } };
  }
}
