import { entryPointsOf, staticChange, type Tree } from '@itsup/traefik';
import type { Listener } from '@itsup/docker';

/**
 * Looks for new entry points whose port something else listens on; a trial in a network namespace of its own cannot
 * tell.
 *
 * @returns a sentence about the first one; null: all are free
 */
export function takenPort(current: Tree, next: Tree, listeners: Listener[]): string | null {
  const ours = new Set(entryPointsOf(current).map(({ port, protocol }) => `${port}/${protocol}`));
  for (const { name, port, protocol } of staticChange(current, next).added) {
    if (ours.has(`${port}/${protocol}`)) continue;
    const taken = listeners.find((listener) => listener.port === port && listener.protocol === protocol);
    if (!taken) continue;
    const by = taken.processes.map((process) => `${process.name} (process ${process.pid})`).join(', ');
    return `port ${port}/${protocol} of entry point ${name} is taken${by ? ` by ${by}` : ''}; stop that, or choose another port`;
  }
  return null;
}
