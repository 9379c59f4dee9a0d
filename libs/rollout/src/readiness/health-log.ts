import { seconds } from '../procedure/waiting';
import type { ContainerFacts, HealthFacts } from '../types';

/** The health log of a container, newest last, for the message of a failure. */
export function healthLog(container: Pick<ContainerFacts, 'name' | 'health'>): string[] {
  if (!container.health || container.health.log.length === 0) return [];
  const { interval, timeout, retries, test } = container.health;
  const command = test.slice(test[0] === 'CMD' || test[0] === 'CMD-SHELL' ? 1 : 0).join(' ');
  return [
    `health check of ${container.name}: ${command} (every ${seconds(interval)}, ${retries} times, ${seconds(timeout)} each)`,
    ...container.health.log.map(
      ({ exitCode, output }) => `  exit ${exitCode}: ${oneLine(output) || '(no output)'}`,
    ),
  ];
}

/** How it ended, in words. */
export function exitOf(container: Pick<ContainerFacts, 'exitCode' | 'oomKilled' | 'error'>): string {
  if (container.oomKilled) return 'killed, out of memory';
  const code = `exit code ${container.exitCode}`;
  return container.error ? `${code}, ${container.error}` : code;
}

/** What the last check said if it failed, behind a colon; else empty. */
export function lastProbe(health: HealthFacts): string {
  const last = health.log.at(-1);
  if (!last || last.exitCode === 0) return '';
  return `: ${oneLine(last.output) || `the check ends with exit code ${last.exitCode}`}`;
}

function oneLine(text: string): string {
  const line =
    text
      .trim()
      .split(/\s*\n\s*/)
      .at(-1) ?? '';
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
