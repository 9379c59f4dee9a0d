import type { CommandRunner } from '../process/command-runner';
import type { Docker } from '../docker';
import type { EngineReader } from '../engine/engine-reader';
import type { EngineEvent } from './events';

/** What can change a snapshot. Left out: `exec_*`, of which every health probe makes three. */
const LIFE_EVENTS = [
  'start',
  'die',
  'stop',
  'kill',
  'oom',
  'destroy',
  'restart',
  'pause',
  'unpause',
  'health_status',
];
const DEFAULT_INTERVAL_MS = 1000;

interface RawEvent {
  Type: string;
  Action: string;
  Actor: { ID: string; Attributes: Record<string, string> | null };
  timeNano: number;
}

export function eventCommands(
  runner: CommandRunner,
  reader: EngineReader,
  inspect: Docker['inspectContainers'],
): Pick<Docker, 'events' | 'watch'> {
  const events: Docker['events'] = async function* ({ filters = [], sinceMs, signal } = {}) {
    const query = {
      filters: JSON.stringify(filtersOf(filters)),
      ...(sinceMs === undefined ? {} : { since: (sinceMs / 1000).toFixed(3) }),
    };
    const read = await reader.lines('/events', 'docker events', query, signal);
    if (read !== null) {
      for await (const line of read) yield parseEvent(line);
      return;
    }
    const args = [
      'events',
      '--format',
      '{{json .}}',
      ...(sinceMs === undefined ? [] : ['--since', (sinceMs / 1000).toFixed(3)]),
      ...filters.flatMap((filter) => ['--filter', filter]),
    ];
    for await (const line of runner.lines({ args, title: 'docker events' }, signal)) yield parseEvent(line);
  };

  const watch: Docker['watch'] = async function* (ids, { intervalMs = DEFAULT_INTERVAL_MS, signal } = {}) {
    const alarm = createAlarm();
    const stream = new AbortController();
    const stopped = (): boolean => Boolean(signal?.aborted || runner.settings.signal?.aborted);
    const onAbort = (): void => alarm.ring();
    for (const one of [signal, runner.settings.signal]) one?.addEventListener('abort', onAbort);
    const filters = [...ids.map((id) => `container=${id}`), ...LIFE_EVENTS.map((event) => `event=${event}`)];
    const listening = listen(events({ filters, signal: stream.signal }), alarm.ring);
    try {
      while (!stopped()) {
        alarm.reset();
        yield await inspect(ids);
        await alarm.wait(typeof intervalMs === 'number' ? intervalMs : intervalMs());
      }
    } finally {
      stream.abort();
      for (const one of [signal, runner.settings.signal]) one?.removeEventListener('abort', onAbort);
      await listening;
    }
  };

  return { events, watch };
}

/** `key=value` each; values of one key are alternatives. */
function filtersOf(filters: readonly string[]): Record<string, string[]> {
  const byKey: Record<string, string[]> = {};
  for (const filter of filters) {
    const at = filter.indexOf('=');
    (byKey[filter.slice(0, at)] ??= []).push(filter.slice(at + 1));
  }
  return byKey;
}

/** A stream that breaks (an engine that restarts) leaves the polling. */
async function listen(events: AsyncIterable<EngineEvent>, ring: () => void): Promise<void> {
  try {
    for await (const _ of events) ring();
  } catch {
    ring();
  }
}

/** Ends a wait early; rung while nobody waits, it ends the next wait at once. */
function createAlarm() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: (): void => {
      rung = true;
      wake?.();
    },
    reset: (): void => {
      rung = false;
    },
    wait: (longestMs: number): Promise<void> =>
      new Promise((resolve) => {
        if (rung) return resolve();
        const timer = setTimeout(resolve, longestMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

export function parseEvent(line: string): EngineEvent {
  const raw = JSON.parse(line) as RawEvent;
  return {
    type: raw.Type,
    action: raw.Action,
    id: raw.Actor.ID,
    attributes: raw.Actor.Attributes ?? {},
    timeMs: Math.floor(raw.timeNano / 1e6),
  };
}
