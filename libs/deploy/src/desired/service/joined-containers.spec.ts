import type { ComposeModel, ComposeService } from '@itsup/docker';

import { joinedContainers } from './joined-containers';

const found = (web: ComposeService, isolation: 'standard' | 'strict' = 'standard'): string[] => {
  const model = { name: 'evil', services: { web, db: {} } } as ComposeModel;
  return joinedContainers('evil', 'evil', model, [], isolation).map(
    ({ code, severity }) => `${severity} ${code}`,
  );
};

test.each<[string, ComposeService]>([
  ['volumes', { volumes_from: ['container:proxy-traefik-1:ro'] }],
  ['processes', { pid: 'container:proxy-traefik-7' }],
  ['processes of the socket proxy', { pid: 'container:proxy-socketproxy-1' }],
  ['processes of an earlier socket proxy', { pid: 'container:proxy-dockerproxy-1' }],
  ['memory', { ipc: 'container:proxy-traefik-1' }],
  ['network', { network_mode: 'container:proxy-traefik-1' }],
])('nobody has the proxy’s %s', (_, service) => {
  expect(found(service)).toEqual(['error joins-proxy']);
});

test.each<[string, ComposeService]>([
  ['volumes', { volumes_from: ['container:victim-database-1'] }],
  ['network', { network_mode: 'container:victim-database-1' }],
])('another project’s %s are said, and refused where isolation is strict', (_, service) => {
  expect(found(service)).toEqual(['note joins-container']);
  expect(found(service, 'strict')).toEqual(['error joins-container']);
});

it('takes no container for its own because its name begins alike', () => {
  const web: ComposeService = { pid: 'container:shop-eu-web-1' };
  const model = { name: 'shop', services: { web } } as ComposeModel;
  expect(joinedContainers('shop', 'shop', model, [], 'standard')).toHaveLength(1);
  const proxys: ComposeService = { pid: 'container:proxy-traefik-1' };
  const named = { name: 'proxy-traefik', services: { web: proxys } } as ComposeModel;
  expect(joinedContainers('x', 'proxy-traefik', named, [], 'standard')).toMatchObject([
    { code: 'joins-proxy' },
  ]);
});

it('gives nobody the host’s network where isolation is strict', () => {
  expect(found({ network_mode: 'host' })).toEqual([]);
  expect(found({ network_mode: 'host' }, 'strict')).toEqual(['error joins-host-network']);
});

it('says who sees the processes of the host', () => {
  expect(found({ pid: 'host' })).toEqual(['note joins-host']);
  expect(found({ pid: 'host' }, 'strict')).toEqual(['error joins-host']);
});

test.each<ComposeService>([
  { network_mode: 'service:other', pid: 'service:other' },
  { network_mode: 'container:evil-db-1', volumes_from: ['db'] },
  { container_name: 'mine', pid: 'container:mine' },
])('is nobody’s business in %j', (service) => {
  expect(found(service, 'strict')).toEqual([]);
});
