import path from 'node:path';

import type { State } from '../state/state';

/** What a hand-over keeps while it is under way. */
export function handoverFolder(state: State): string {
  return path.join(state.dir, 'handover');
}
