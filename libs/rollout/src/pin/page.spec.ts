import { containerFacts } from '../testing/container-facts';
import type { ContainerFacts } from '../types';
import { definedElsewhere } from './page';

const proxy = {
  ...{ dynamicFolder: '', apis: async () => [], apiSecret: null },
  staticConfiguration: {},
};
const lists = (range: string, changes: Partial<ContainerFacts>): ContainerFacts =>
  containerFacts({
    labels: {
      'traefik.enable': 'true',
      'traefik.http.services.gate.loadbalancer.server.port': '80',
      'traefik.http.middlewares.office.ipallowlist.sourcerange': range,
    },
    ...changes,
  });

describe('who may come by the labels of others', () => {
  const serving = lists('10.1.0.0/16', { id: 'a', startedAt: 1 });
  const stopped = lists('0.0.0.0/0', { id: 'b', startedAt: 2, status: 'exited' });
  const rangeOf = (others: ContainerFacts[]): unknown => definedElsewhere(proxy, others)['office'];

  it('is what Traefik reads, not what a younger container says that does not run', () => {
    expect(rangeOf([stopped, serving])).toEqual({ ipallowlist: { sourcerange: '10.1.0.0/16' } });
  });

  it('is known where nobody serves who says it', () => {
    expect(rangeOf([{ ...serving, status: 'exited' }])).toEqual({
      ipallowlist: { sourcerange: '10.1.0.0/16' },
    });
  });
});
