import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { run, userEnvironment } from '../harness/run';

/** What happened to a container of a Compose project. */
export interface Event {
  project: string;
  service: string;
  what: 'start' | 'healthy' | 'completed';
  at: number;
}

/** What has to have happened to a dependency, by the condition. */
const CONDITIONS: Record<string, Event['what']> = {
  service_started: 'start',
  service_healthy: 'healthy',
  service_completed_successfully: 'completed',
};

/**
 * Of every dependency of a service of which a container was started: whether what the last one waits for had happened
 * by then. What ran all the time had.
 *
 * @param folder with the Compose files: what depends on what is what Compose reads there
 * @param events what happened to containers of the project
 */
export async function startOrder(folder: string, events: readonly Event[]): Promise<Record<string, boolean>> {
  const dependsOn = await dependenciesIn(folder);
  const order: Record<string, boolean> = {};
  for (const [service, dependencies] of Object.entries(dependsOn)) {
    const started = events.findLast((event) => event.service === service && event.what === 'start');
    if (started === undefined) continue;
    for (const [dependency, { condition }] of Object.entries(dependencies)) {
      const needed = events.filter((event) => event.service === dependency);
      const isMet = needed.some((event) => event.what === CONDITIONS[condition] && event.at <= started.at);
      order[`${service} after ${dependency} (${condition})`] =
        isMet || !needed.some(({ what }) => what === 'start');
    }
  }
  return order;
}

type DependsOn = Record<string, Record<string, { condition: string }>>;

/** None where Compose cannot read the files, as after a change that is meant to fail. */
async function dependenciesIn(folder: string): Promise<DependsOn> {
  const { exitCode, stdout } = await run('docker', ['compose', 'config', '--format', 'json'], {
    cwd: folder,
  });
  if (exitCode !== 0) return {};
  const { services = {} } = JSON.parse(stdout) as {
    services?: Record<string, { depends_on?: DependsOn[string] }>;
  };
  return Object.fromEntries(
    Object.entries(services).map(([name, { depends_on = {} }]) => [name, depends_on]),
  );
}

/**
 * Writes down what happens to containers from now on, until it is stopped. The engine itself keeps the last 256 events
 * alone, which the health checks of a few projects fill in seconds.
 */
export function followEvents(): { events: readonly Event[]; stop(): Promise<void> } {
  const events: Event[] = [];
  const child = spawn(
    'docker',
    ['events', '--since', String(Date.now() / 1000), '--format', '{{json .}}', '--filter', 'type=container'],
    { stdio: ['ignore', 'pipe', 'inherit'], env: userEnvironment() },
  );
  const lines = createInterface(child.stdout).on('line', (line) => events.push(...eventsIn(line)));
  return {
    events,
    stop: () =>
      new Promise((resolve) => {
        lines.on('close', () => resolve());
        child.kill();
      }),
  };
}

function eventsIn(line: string): Event[] {
  const { Action, Actor, timeNano } = JSON.parse(line) as {
    Action: string;
    Actor: { Attributes: Record<string, string> };
    timeNano: number;
  };
  const {
    'com.docker.compose.project': project = '',
    'com.docker.compose.service': service = '',
    exitCode,
  } = Actor.Attributes;
  const what =
    Action === 'start'
      ? 'start'
      : Action === 'health_status: healthy'
        ? 'healthy'
        : Action === 'die' && exitCode === '0'
          ? 'completed'
          : null;
  return what === null ? [] : [{ project, service, what, at: timeNano }];
}
