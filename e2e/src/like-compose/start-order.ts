import { output } from '../harness/run';

interface Started {
  id: string;
  labels: Record<string, string>;
}

interface Event {
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
 * Of every dependency of a container that was started since: whether what it waits for had happened by then. What ran
 * all the time had.
 *
 * @param since in seconds
 */
export async function startOrder(
  project: string,
  since: number,
  containers: readonly Started[],
): Promise<Record<string, boolean>> {
  const events = await eventsOf(project, since);
  const order: Record<string, boolean> = {};
  for (const { labels } of containers) {
    const service = labels['com.docker.compose.service'] ?? '';
    const started = events.findLast((event) => event.service === service && event.what === 'start');
    if (started === undefined) continue;
    for (const entry of (labels['com.docker.compose.depends_on'] ?? '').split(',').filter(Boolean)) {
      const [dependency = '', condition = ''] = entry.split(':');
      const needed = events.filter((event) => event.service === dependency);
      const isMet = needed.some((event) => event.what === CONDITIONS[condition] && event.at <= started.at);
      order[`${service} after ${dependency} (${condition})`] =
        isMet || !needed.some(({ what }) => what === 'start');
    }
  }
  return order;
}

async function eventsOf(project: string, since: number): Promise<Event[]> {
  const lines = await output('docker', [
    ...['events', '--since', String(since), '--until', String(Date.now() / 1000), '--format', '{{json .}}'],
    ...['--filter', `label=com.docker.compose.project=${project}`, '--filter', 'type=container'],
  ]);
  return lines
    .split('\n')
    .filter(Boolean)
    .flatMap((line): Event[] => {
      const { Action, Actor, timeNano } = JSON.parse(line) as {
        Action: string;
        Actor: { Attributes: Record<string, string> };
        timeNano: number;
      };
      const { 'com.docker.compose.service': service = '', exitCode } = Actor.Attributes;
      const what =
        Action === 'start'
          ? 'start'
          : Action === 'health_status: healthy'
            ? 'healthy'
            : Action === 'die' && exitCode === '0'
              ? 'completed'
              : null;
      return what === null ? [] : [{ service, what, at: timeNano }];
    });
}
