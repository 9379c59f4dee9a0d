import type { ContainerDetails } from '../container/container';
import { SimulatedContainer } from './simulated-container';

/** An inspected container that runs on no network and was made by nobody, but for the change. */
export function containerDetails(change: Partial<ContainerDetails> = {}): ContainerDetails {
  const name = change.name ?? change.id ?? 'container';
  const container = new SimulatedContainer(
    change.id ?? 'container',
    {
      ...{ name, reference: 'image:1', imageId: 'sha256:image', behaviour: 'healthy' },
      ...{
        labels: {},
        environment: {},
        networks: new Map(),
        networkMode: 'bridge',
        joins: [],
        mounts: [],
        ports: [],
      },
      ...{ restart: 'no', healthcheck: null },
    },
    0,
    0,
  );
  container.start(0);
  return { ...container.details(0, (network) => network), ...change };
}
