import path from 'node:path';

import type { State } from '../state/state';

/** Traefik's service in the proxy's stack. */
export const TRAEFIK = 'traefik';

/** What a hand-over keeps while it is under way. */
export function handoverFolder(state: State): string {
  return path.join(state.dir, 'handover');
}
