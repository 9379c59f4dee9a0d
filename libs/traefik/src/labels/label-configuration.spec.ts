import fc from 'fast-check';

import { encodeLabels } from './encode-labels';
import { labelConfiguration } from './label-configuration';
import { labelFields } from './label-fields';

describe('labelConfiguration', () => {
  it('nests names at their dots and leaves other labels out', () => {
    expect(
      labelConfiguration({
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

  it('leaves out what Traefik reads from files alone: in a file it would count', () => {
    const tree = labelConfiguration({
      'traefik.http.routers.web.rule': 'Host(`a.test`)',
      'traefik.http.routers.web.ParentRefs': 'other@docker',
      'traefik.http.services.web.weighted.services[0].name': 'other@docker',
      'traefik.http.serversTransports.own.insecureSkipVerify': 'true',
    });
    expect(tree).toEqual({ http: { routers: { web: { rule: 'Host(`a.test`)' } }, services: { web: {} } } });
  });

  it('makes a list of indexed segments', () => {
    expect(
      labelConfiguration({
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
      labelConfiguration({ 'traefik.http.Routers.web.rule': 'a', 'traefik.http.routers.web.service': 's' }),
    ).toEqual({ http: { Routers: { web: { rule: 'a', service: 's' } } } });
  });

  it('takes `true` beside children for a switch, and `false` for one that is off', () => {
    const tls = (value: string): unknown =>
      labelConfiguration({
        'traefik.http.routers.web.tls': value,
        'traefik.http.routers.web.tls.certresolver': 'letsencrypt',
      });
    expect(tls('true')).toEqual({ http: { routers: { web: { tls: { certresolver: 'letsencrypt' } } } } });
    expect(tls('false')).toEqual({ http: { routers: { web: {} } } });
  });

  it('switches off only what has a switch: the value beside other fields says nothing', () => {
    expect(
      labelConfiguration({
        'traefik.http.middlewares.cut.stripprefix': 'false',
        'traefik.http.middlewares.cut.stripprefix.prefixes': '/a',
      }),
    ).toEqual({ http: { middlewares: { cut: { stripprefix: { prefixes: '/a' } } } } });
  });

  it.each([
    'Traefik.http.routers.web.rule',
    'traefik.http..rule',
    'traefik.http.[0].rule',
    'traefik.http.routers.web.tls.domains0].main',
  ])('reads nothing of a container with the label %s, as Traefik does', (label) => {
    expect(labelConfiguration({ [label]: 'x', 'traefik.http.routers.web.rule': 'y' })).toBeNull();
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
        const tree = labelConfiguration(labels) ?? {};
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

describe('the readers of labels', () => {
  const text = fc.constantFrom('a', 'true', 'false', '', '7', 'x, y');
  const field = fc.constantFrom(
    ...['routers.web.rule', 'routers.Web.rule', 'routers.web.service', 'routers.web.TLS', 'routers.web.tls'],
    ...['routers.web.tls.certresolver', 'routers.web.tls.domains[0].main', 'routers.web.TLS.Domains[0].sans'],
    ...['middlewares.m.stripprefix', 'middlewares.m.stripPrefix.prefixes', 'middlewares.M.compress'],
    ...['middlewares.m.headers.customRequestHeaders.X-One', 'services.s.loadbalancer.server.port'],
  );
  const labelsOf = fc.dictionary(
    fc.tuple(fc.constantFrom('http', 'HTTP'), field).map((steps) => ['traefik', ...steps].join('.')),
    text,
    { maxKeys: 12 },
  );

  it('agree: what one shows as a field of an object, the other has at its place', () => {
    fc.assert(
      fc.property(labelsOf, (labels) => {
        const configuration = labelConfiguration(labels);
        if (configuration === null) return;
        const values = new Map(
          labelFields(labels).map(({ protocol, kind, name, field, value }) => [
            JSON.stringify([protocol, kind, name, ...stepsOf(field)]),
            value,
          ]),
        );
        for (const [path, value] of values) {
          const found = at(configuration, JSON.parse(path) as string[]);
          // A value beside other fields is a switch, and what is below one that is off is not there.
          if (typeof found !== 'object' && !(found === undefined && /tls/.test(path)))
            expect(found).toBe(value);
        }
      }),
    );
  });

  it('read back what the encoder wrote', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const leaf = fc.stringMatching(/^[a-z0-9/.*-]{1,8}$/);
    const router = fc.record(
      {
        rule: leaf,
        entryPoints: fc.array(leaf, { minLength: 1, maxLength: 3 }),
        tls: fc.record({
          certResolver: leaf,
          domains: fc.array(fc.record({ main: leaf }), { minLength: 1, maxLength: 10 }),
        }),
      },
      { requiredKeys: ['rule'] },
    );
    fc.assert(
      fc.property(name, router, (router, definition) => {
        const read = labelConfiguration(encodeLabels(`traefik.http.routers.${router}`, definition));
        const { entryPoints, tls, ...rest } = definition;
        expect(read).toEqual({
          http: {
            routers: {
              [router]: {
                ...rest,
                ...(entryPoints && { entrypoints: entryPoints.join(',') }),
                ...(tls && { tls: { certresolver: tls.certResolver, domains: tls.domains } }),
              },
            },
          },
        });
      }),
    );
  });

  it('have the eleventh element of a list before the second, as Traefik has', () => {
    const domains = Array.from({ length: 11 }, (_, index) => ({ main: `${index}.test` }));
    const read = labelConfiguration(encodeLabels('traefik.http.routers.web.tls', { domains }));
    const mains = domains.map(({ main }) => ({ main }));
    expect(read).toEqual({
      http: {
        routers: { web: { tls: { domains: [mains[0], mains[10], ...mains.slice(1, 10)] } } },
      },
    });
  });

  it('keep the names of headers as they are written, and say `true` for an object without fields', () => {
    const definition = { headers: { customRequestHeaders: { 'X-One': 'a' } }, compress: {} };
    const labels = encodeLabels('traefik.http.middlewares.m', definition);
    expect(labels).toEqual({
      'traefik.http.middlewares.m.headers.customrequestheaders.X-One': 'a',
      'traefik.http.middlewares.m.compress': 'true',
    });
    expect(labelFields(labels).map(({ field }) => field)).toEqual([
      'compress',
      'headers.customrequestheaders.X-One',
    ]);
  });
});

/** A field in a tree whose names have no case. */
function at(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, step) => {
    if (Array.isArray(node)) return node[Number(step === '[0]' ? 0 : -1)];
    const entries = typeof node === 'object' && node !== null ? Object.entries(node) : [];
    return entries.find(([name]) => name.toLowerCase() === step.toLowerCase())?.[1];
  }, tree);
}

function stepsOf(field: string): string[] {
  return field === '' ? [] : field.split('.').flatMap((step) => step.split(/(?=\[)/));
}
