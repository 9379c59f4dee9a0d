import type { Route } from '@itsup/routing';

import { restoredRoutes } from './restored-routes';

const place = { file: 'projects/shop/ingress.yml', line: 3, column: 5 };
const today: Route[] = [
  {
    ...{ project: 'shop', service: 'web', host: null, kind: 'http', via: 'labels', place, port: 8080 },
    ...{ domains: ['new.example'], pathPrefix: null, hostport: null, serviceName: 'shop-web-8080' },
    ...{ servedBy: 'docker', loadBalancer: {}, servers: [], scheme: 'http' },
    ...{ middlewares: {}, serversTransports: {} },
    routers: {
      'shop-web-8080': { rule: 'Host(`new.example`)', entryPoints: ['web-secure'], service: 'shop-web-8080' },
    },
  },
];

/** Labels as `docker compose config` prints them. */
function labels(name: string, rule: string, port: number): Record<string, string> {
  return {
    'traefik.enable': 'true',
    [`traefik.http.routers.${name}.rule`]: rule,
    [`traefik.http.routers.${name}.entrypoints`]: 'web-secure',
    [`traefik.http.routers.${name}.service`]: name,
    [`traefik.http.routers.${name}.tls`]: 'true',
    [`traefik.http.routers.${name}-redirect.rule`]: rule,
    [`traefik.http.routers.${name}-redirect.entrypoints`]: 'web',
    [`traefik.http.routers.${name}-redirect.middlewares`]: 'redirect@file',
    [`traefik.http.routers.${name}-redirect.service`]: name,
    [`traefik.http.services.${name}.loadbalancer.server.port`]: String(port),
  };
}

describe('the rows of an earlier deploy', () => {
  it('have the rule and the port that they had, at the line where the row stands today', () => {
    const web = { labels: labels('shop-web-8080', 'Host(`old.example`) && PathRegexp(`^/a$$`)', 8080) };
    expect(restoredRoutes('shop', today, { services: { web } }, false)).toEqual([
      {
        ...{ project: 'shop', service: 'web', host: null, kind: 'http', via: 'labels', place, port: 8080 },
        routers: {
          'shop-web-8080': {
            ...{ rule: 'Host(`old.example`) && PathRegexp(`^/a$`)', entryPoints: ['web-secure'] },
            ...{ service: 'shop-web-8080', tls: {} },
          },
        },
      },
    ]);
  });

  it('are there when the sources have none of them any more', () => {
    const admin = { labels: labels('shop-admin-9000', 'Host(`admin.example`)', 9000) };
    expect(restoredRoutes('shop', today, { services: { admin } }, false)).toMatchObject([
      { service: 'admin', port: 9000, place: { file: 'projects/shop/ingress.yml', line: 1 } },
    ]);
  });

  it('are none of a service that Traefik was not to look at', () => {
    const web = {
      labels: { ...labels('shop-web-8080', 'Host(`a.example`)', 8080), 'traefik.enable': 'false' },
    };
    expect(restoredRoutes('shop', today, { services: { web, worker: {} } }, false)).toEqual([]);
  });
});
