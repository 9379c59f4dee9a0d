import fc from 'fast-check';

import { LabelError, labelTree } from './label-tree';

describe('labelTree', () => {
  it('nests names at their dots and leaves other labels out', () => {
    expect(
      labelTree({
        'traefik.enable': 'true',
        'traefik.docker.network': 'proxynet',
        'com.docker.compose.service': 'web',
        'traefik.http.routers.web.rule': 'Host(`a.test`)',
        'traefik.http.routers.web.entrypoints': 'web, web-secure',
        'traefik.tcp.services.db.loadbalancer.server.port': '5432',
      }),
    ).toEqual({
      http: { routers: { web: { rule: 'Host(`a.test`)', entrypoints: 'web, web-secure' } } },
      tcp: { services: { db: { loadbalancer: { server: { port: '5432' } } } } },
    });
  });

  it('makes a list of indexed segments', () => {
    expect(
      labelTree({
        'traefik.http.routers.web.tls.domains[0].main': 'a.test',
        'traefik.http.routers.web.tls.domains[0].sans': 'b.test,c.test',
        'traefik.http.routers.web.tls.domains[1].main': 'd.test',
      }),
    ).toEqual({
      http: {
        routers: {
          web: { tls: { domains: [{ main: 'a.test', sans: 'b.test,c.test' }, { main: 'd.test' }] } },
        },
      },
    });
  });

  it('joins segments that differ in case, under the name that sorts first', () => {
    expect(
      labelTree({ 'traefik.http.Routers.web.rule': 'a', 'traefik.http.routers.web.service': 's' }),
    ).toEqual({ http: { Routers: { web: { rule: 'a', service: 's' } } } });
  });

  it('takes `true` beside children for a switch, and `false` for one that is off', () => {
    const tls = (value: string): unknown =>
      labelTree({
        'traefik.http.routers.web.tls': value,
        'traefik.http.routers.web.tls.certresolver': 'letsencrypt',
      });
    expect(tls('true')).toEqual({ http: { routers: { web: { tls: { certresolver: 'letsencrypt' } } } } });
    expect(tls('false')).toEqual({ http: { routers: { web: {} } } });
  });

  it.each([
    ['Traefik.http.routers.web.rule', /begin with "traefik"/],
    ['traefik.http..rule', /empty name/],
    ['traefik.http.[0].rule', /index without a name/],
  ])('rejects %s, as Traefik rejects the container', (label, message) => {
    expect(() => labelTree({ [label]: 'x' })).toThrow(LabelError);
    expect(() => labelTree({ [label]: 'x' })).toThrow(message);
  });

  it('keeps every value under its path, whatever the names', () => {
    const segment = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const paths = fc.uniqueArray(fc.array(segment, { minLength: 1, maxLength: 4 }), {
      selector: (path) => path.join('.'),
    });
    fc.assert(
      fc.property(paths, (all) => {
        // A path that leads through another one's end is a switch, not a value.
        const leaves = all.filter(
          (path) =>
            !all.some((other) => other !== path && `${other.join('.')}.`.startsWith(`${path.join('.')}.`)),
        );
        const labels = Object.fromEntries(
          leaves.map((path) => [`traefik.http.${path.join('.')}`, path.join(' ')]),
        );
        const tree = labelTree(labels);
        for (const path of leaves) {
          const value = ['http', ...path].reduce<unknown>(
            (node, name) => (node as Record<string, unknown>)[name],
            tree,
          );
          expect(value).toBe(path.join(' '));
        }
      }),
    );
  });
});
