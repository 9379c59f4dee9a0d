import { containerFacts } from '../testing/container-facts';
import type { ContainerFacts, ProxyAccess } from '../types';
import { heirsOf } from './hand-on';

const proxy: ProxyAccess = {
  ...{ dynamicFolder: '', apis: async () => [], apiSecret: null, staticConfiguration: {} },
};

function container(
  project: string,
  routes: Record<string, string>,
  labels: Record<string, string> = {},
): ContainerFacts {
  const routers = Object.entries(routes).flatMap(([rule, point], at) => [
    [`traefik.http.routers.${project}-${at}.rule`, rule],
    [`traefik.http.routers.${project}-${at}.entrypoints`, point],
  ]);
  return containerFacts({
    id: project,
    labels: {
      'traefik.enable': 'true',
      ...Object.fromEntries(routers),
      [`traefik.http.services.${project}.loadbalancer.server.port`]: '80',
      'com.docker.compose.project': project,
      'com.docker.compose.service': 'web',
      ...labels,
    },
  });
}

const RULE = 'Host(`a.test`)';
const going = [container('old', { [RULE]: 'web-secure', 'Host(`b.test`)': 'web-secure' })];
const heirs = (others: ContainerFacts[], known = (name: string): string | null => name): string[] =>
  heirsOf({ proxy }, going, others, known).map(({ project, service }) => `${project} ${service}`);

describe('heirsOf', () => {
  it('is who has a router with the same rule at the same entry point', () => {
    expect(
      heirs([
        container('new', { [RULE]: 'web,web-secure' }),
        container('other', { 'Host(`c.test`)': 'web-secure' }),
        container('plain', { [RULE]: 'web' }),
      ]),
    ).toEqual(['new web']);
  });

  it('is nobody that does not serve, that is none of ours, or where no Traefik runs', () => {
    expect(heirs([{ ...container('new', { [RULE]: 'web-secure' }), status: 'exited' }])).toEqual([]);
    expect(heirs([container('new', { [RULE]: 'web-secure' })], () => null)).toEqual([]);
    expect(
      heirsOf({ proxy: null }, going, [container('new', { [RULE]: 'web-secure' })], (name) => name),
    ).toEqual([]);
  });
});
