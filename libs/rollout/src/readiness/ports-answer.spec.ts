import { containerFacts } from '../testing/container-facts';
import type { ProxyAccess } from '../types';
import { routedEnds } from './ports-answer';

const proxy = (docker: object): ProxyAccess => ({
  ...{
    dynamicFolder: '',
    apis: async () => [],
    apiSecret: null,
    staticConfiguration: { providers: { docker } },
  },
});
const labels = {
  'traefik.http.routers.web.rule': 'Host(`a.test`)',
  'traefik.http.services.web.loadbalancer.server.port': '8080',
};
const addresses = { edge: '172.20.128.2', other: '172.20.129.2' };

it('asks where the Traefik that runs comes to a container, and only where it does', () => {
  const found = (docker: object, changes: object = {}): string[] =>
    routedEnds(proxy(docker), containerFacts({ labels: { ...labels, ...changes }, addresses })).map(
      ({ address, port }) => `${address}:${port}`,
    );
  expect(found({ network: 'edge' })).toEqual([]);
  expect(found({ network: 'edge' }, { 'traefik.enable': 'T' })).toEqual(['172.20.128.2:8080']);
  expect(found({ network: 'edge', exposedByDefault: true })).toEqual(['172.20.128.2:8080']);
  expect(found({ network: 'edge', exposedByDefault: true }, { 'traefik.enable': 'false' })).toEqual([]);
});
