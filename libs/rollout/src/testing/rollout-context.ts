import { VirtualClock } from '@itsup/docker/testing/virtual-clock';

import type { RolloutContext, RolloutDocker } from '../types';

const refuse = (): Promise<never> => Promise.reject(new Error('the test did not expect to be asked for it'));

/** An engine that does what the test says, and refuses everything else. */
export function rolloutEngine(changes: Partial<RolloutDocker> = {}): RolloutDocker {
  return {
    listService: refuse,
    listRunning: refuse,
    inspect: refuse,
    exec: refuse,
    logs: refuse,
    stop: refuse,
    remove: refuse,
    start: refuse,
    snapshot: refuse,
    restore: refuse,
    disconnect: refuse,
    stir: refuse,
    ...changes,
  };
}

/** What a rollout needs, of which nothing answers but what the test gives. Time passes only while somebody sleeps. */
export function rolloutContextOf(changes: Partial<RolloutContext> = {}): RolloutContext {
  return {
    docker: rolloutEngine(),
    get: refuse,
    tcpProbe: refuse,
    clock: new VirtualClock(),
    deadline: () => new AbortController().signal,
    connections: null,
    proxy: null,
    report: () => undefined,
    signal: new AbortController().signal,
    ...changes,
  };
}
