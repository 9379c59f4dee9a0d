import type { HandoverStep } from '@itsup/rollout';
import type { RolloutStep } from '@itsup/rollout';

/** What a rollout is at, as a person reads it who waits for it. */
export const ROLLOUT_WORDS: Record<RolloutStep, string> = {
  'prove-hold': 'tries whether requests can wait while nothing serves',
  'wait-quiet': 'waits for long requests at the old containers to finish',
  hold: 'lets requests wait',
  recreate: 'makes the new containers',
  'clear-leftovers': 'removes containers that do not run',
  'pre-start': 'runs pre_start',
  'pin-old': 'leads its routes to the old containers',
  'start-new': 'starts the new containers',
  'join-edges': 'connects the new containers',
  'wait-healthy': 'waits for the new containers to be ready',
  switch: 'leads its routes to the new containers',
  drain: 'waits for requests at the old containers to finish',
  'leave-network': 'leaves the network',
  'stop-old': 'stops the old containers',
  'publish-routes': 'publishes its routes',
  'await-labels': 'waits for Traefik to see the new containers',
  unpin: 'leaves its routes to the new containers',
  'remove-old': 'removes the old containers',
};

/** What a hand-over of Traefik is at. */
export const HANDOVER_WORDS: Record<HandoverStep, string> = {
  trial: 'tries the new configuration apart from everything else',
  'start-temporary': 'starts a temporary instance',
  'await-temporary': 'waits for the temporary instance',
  redirect: 'leads new connections to the temporary instance',
  probe: 'probes the temporary instance',
  'drain-old': 'waits for requests at the old instance to finish',
  hold: 'holds connections that go past the temporary instance',
  replace: 'replaces the old instance',
  'await-final': 'waits for the new instance',
  restore: 'leads new connections to the new instance',
  'drain-temporary': 'waits for requests at the temporary instance to finish',
  'remove-temporary': 'removes the temporary instance',
};

/** A wait with its limit; whoever shows it counts the time. */
export function waitsFor({ what, limitMs }: { what: string; limitMs: number }): string {
  return `waits for ${what} (at most ${Math.round(limitMs / 1000)} s)`;
}
