import type { ContainerSummary } from '../container/container';

/** A running container that Compose did not make, but for the change. */
export function containerSummary(change: Partial<ContainerSummary> = {}): ContainerSummary {
  const id = change.id ?? 'container';
  return {
    id,
    name: id,
    image: 'image:1',
    state: 'running',
    status: 'Up 1 second',
    health: null,
    networks: [],
    mounts: [],
    ports: [],
    compose: null,
    labels: {},
    ...change,
  };
}
