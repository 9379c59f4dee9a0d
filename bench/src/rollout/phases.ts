/** What `docker events` tells of a container, as far as a rollout's time is concerned. */
export interface ContainerEvent {
  id: string;
  action: string;
  /** Nanoseconds since the epoch. */
  at: number;
}

/** Time that the containers themselves took, whoever rolled them; seconds. */
export interface ContainerPhases {
  /** From the creation of the new container to its first `healthy`, or to its start without a health check. */
  start: number;
  /** From the stop signal to the end of the old one. */
  stop: number;
}

/** The phases of one rollout from the events of its service, one container replacing one. */
export function phasesOf(events: readonly ContainerEvent[]): ContainerPhases {
  const first = (action: string, id?: string): ContainerEvent | undefined =>
    events.find((event) => event.action === action && (id === undefined || event.id === id));
  const created = first('create');
  const ready = first('health_status: healthy', created?.id) ?? first('start', created?.id);
  const died = events.find(({ action, id }) => action === 'die' && id !== created?.id);
  const killed = first('kill', died?.id);
  return { start: secondsBetween(created, ready), stop: secondsBetween(killed, died) };
}

/** Lines of `docker events --format '{{json .}}'`. */
export function parseEvents(text: string): ContainerEvent[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id: string; Action: string; timeNano: number })
    .map(({ id, Action, timeNano }) => ({ id, action: Action, at: timeNano }));
}

function secondsBetween(from: ContainerEvent | undefined, to: ContainerEvent | undefined): number {
  return from === undefined || to === undefined ? 0 : (to.at - from.at) / 1e9;
}
