import type { DeployContext } from '../context';
import {
  createConnectionTable,
  openRelay,
  rolloutDocker,
  type ProxyAccess,
  type RolloutContext,
  type RolloutEvent,
} from '@itsup/rollout';
import { getText, tcpProbe } from '../proxy/network-probes';
import { ROLLOUT_WORDS, waitsFor } from './progress-words';
import { never } from '../engine/retry-on-restart';
import { stirTraefik } from '../proxy/stir-traefik';

/** What a rollout needs, from what a deploy has. */
export function rolloutContext(context: DeployContext, proxy: ProxyAccess | null): RolloutContext {
  // An interrupt must not end the commands that put things back; the rollout minds the signal itself.
  const docker = context.docker.with({ signal: null });
  return {
    docker: rolloutDocker(docker, () => stirTraefik(docker)),
    get: getText,
    tcpProbe,
    clock: context.system,
    connections: createConnectionTable(),
    proxy,
    openRelay,
    pinFolder: context.state.dynamicDir,
    report: reportRollout(context),
    signal: context.signal ?? never(),
  };
}

/** Tells what a rollout is at. */
export function reportRollout(context: Pick<DeployContext, 'reporter'>): (event: RolloutEvent) => void {
  return (event) => report(context.reporter, event);
}

function report(reporter: DeployContext['reporter'], event: RolloutEvent): void {
  switch (event.type) {
    case 'step':
      reporter.status?.(event.project, `${event.service}: ${ROLLOUT_WORDS[event.step]}`);
      break;
    case 'waiting':
      reporter.status?.(event.project, `${event.service}: ${waitsFor(event)}`);
      break;
    case 'note':
      reporter.line(event.project, `${event.service}: ${event.text}`);
  }
}
