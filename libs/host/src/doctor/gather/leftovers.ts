import path from 'node:path';

import {
  handoverComment,
  helperImage,
  listStacks,
  lockedBy,
  readJournal,
  strayPins,
  unreadableFiles,
  type DeployContext,
} from '@itsup/deploy';
import { DockerError } from '@itsup/docker';

import type { LeftoverFacts } from '../facts';

/**
 * Journals without a deploy that writes them, deploys that run, route files of neither, and packet filter rules of
 * ours.
 */
export async function leftoverFacts(
  { state, system, docker }: Pick<DeployContext, 'state' | 'system' | 'docker'>,
  knowsTypes: boolean,
): Promise<LeftoverFacts> {
  const killed: LeftoverFacts['killed'] = [];
  const running: LeftoverFacts['running'] = [];
  for (const stack of await listStacks(state)) {
    const holder = await lockedBy(path.join(state.stackDir(stack), 'lock'), system);
    const journal = await readJournal(state, stack);
    if (holder !== null) running.push({ stack, holder });
    else if (journal !== null) killed.push({ stack, what: `${journal.command} of ${journal.startedAt}` });
  }
  const packetFilter = await docker
    .packetFilter({ helperImage: () => helperImage(docker) })
    .catch(unlessInterrupted);
  const rules = packetFilter?.available
    ? await packetFilter.filter.list(handoverComment).catch(unlessInterrupted)
    : null;
  const pins = (await strayPins({ state, system })).map(({ file }) => file);
  const unreadable = knowsTypes ? await unreadableFiles({ state }) : [];
  return {
    killed,
    running,
    pins,
    unreadable,
    packetFilter,
    rules: (rules ?? []).map(({ comment }) => comment),
  };
}

/** Without an engine, or where the host's tools fail, this is not known; other checks say why. */
function unlessInterrupted(error: unknown): null {
  if (error instanceof DockerError && error.code !== 'interrupted') return null;
  throw error;
}
