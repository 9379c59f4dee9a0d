import { compareText, readWorkspaceFrom, type IngressRow } from '@itsup/config';
import { labelsOf, routeWorkspace } from '@itsup/routing';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { treeOf } from '../testing/tree';
import { importCompose } from './import-compose';

const settings = {
  'projects/itsup.yml': 'letsencrypt: { resolvers: { dns: { dnsChallenge: { provider: hetzner } } } }\n',
};

/** A row as its keys stand in ingress.yml. */
const httpRow = fc
  .record(
    {
      port: fc.constantFrom(80, 3000, 8080),
      domains: fc.uniqueArray(
        fc.constantFrom('a.org', 'b.org', 'www.acme.org', '*.acme.org', 'app.localhost', 'my_app.lan'),
        { minLength: 1, maxLength: 4 },
      ),
      resolver: fc.option(fc.constant('dns'), { nil: undefined }),
      path_prefix: fc.constantFrom('/', '/a', '/a/b', '/ä', '/.well-known/acme-challenge'),
      path_remove: fc.boolean(),
      middleware: fc.uniqueArray(fc.constantFrom('rate-limit', 'default-headers', 'auth@docker'), {
        maxLength: 3,
      }),
      allow_source_ips: fc.uniqueArray(fc.constantFrom('10.0.0.0/8', '::1', '192.168.1.1'), {
        minLength: 1,
        maxLength: 2,
      }),
      headers: fc.record(
        {
          request: fc.dictionary(fc.constantFrom('X-A', 'x-b'), fc.constantFrom('1', 'a, b', '', '$1 {}'), {
            maxKeys: 2,
          }),
          response: fc.dictionary(fc.constantFrom('X-C'), fc.constantFrom('`', "it's: #1"), { maxKeys: 1 }),
        },
        { requiredKeys: [] },
      ),
      // No length of a rule: that may be the priority that a row has by itself, and then none is written.
      priority: fc.constantFrom(1, 5, 1000),
      sticky: fc.boolean(),
      compress: fc.boolean(),
      // Rows of the same service that send on to each other's main name would be one row.
      redirect_to: fc.constantFrom('new.acme.org', 'https://acme.org/new'),
      redirect_from: fc.uniqueArray(fc.constantFrom('old.acme.org', 'www.old.org'), {
        minLength: 1,
        maxLength: 2,
      }),
      basic_auth: fc.constantFrom('USERS', 'app_users'),
      rate_limit: fc.record(
        {
          average: fc.constantFrom(10, 50),
          burst: fc.constantFrom(10, 99),
          period: fc.constantFrom('1s', '1m'),
        },
        { requiredKeys: ['average', 'burst'] },
      ),
      scheme: fc.constantFrom('http', 'https', 'h2c'),
    },
    { requiredKeys: ['port', 'domains'] },
  )
  .map(({ domains: [main, ...sans], resolver, path_remove, ...row }) => ({
    service: 'web',
    // A challenge comes as plain HTTP.
    tls: { main, sans, ...(resolver === undefined || row.path_prefix?.includes('acme') ? {} : { resolver }) },
    // Without a prefix there is nothing to remove, and no label says so.
    ...(path_remove && row.path_prefix !== undefined ? { path_remove } : {}),
    ...row,
  }));

function workspaceOf(compose: string, ingress: string) {
  return readWorkspaceFrom(
    treeOf({ ...settings, 'projects/app/docker-compose.yml': compose, 'projects/app/ingress.yml': ingress }),
  );
}

/** As a Compose file says it: what is no variable has its dollar signs doubled. */
function escaped(value: string): string {
  return /^\$\{\w+:\?[^}]*\}$/.test(value) ? value : value.replaceAll('$', '$$$$');
}

/** Rows without where they stand; neither rows nor headers have an order. */
function meaning(rows: readonly IngressRow[]): string[] {
  return rows.map(({ place: _place, places: _places, ...row }) => JSON.stringify(sortKeys(row))).sort();
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, sortKeys(item)] as const)
      .sort(([a], [b]) => compareText(a, b)),
  );
}

describe('the labels that rows become', () => {
  it('import back into the same rows', () => {
    fc.assert(
      fc.property(fc.array(httpRow, { minLength: 1, maxLength: 3 }), fc.boolean(), (rows, asList) => {
        const bare = 'services:\n  web:\n    image: app:1\n';
        const before = workspaceOf(bare, stringify({ ingress: rows }));
        const routing = routeWorkspace(before);
        const problems = [...before.problems, ...routing.projects.flatMap((each) => each.problems)];
        fc.pre(!problems.some(({ severity }) => severity === 'error'));

        const labels = Object.entries(
          Object.assign({}, ...(routing.projects[0]?.routes ?? []).map(labelsOf)) as Record<string, string>,
        ).map(([key, value]) => [key, escaped(value)] as const);
        const service = {
          image: 'app:1',
          labels: asList ? labels.map(([key, value]) => `${key}=${value}`) : Object.fromEntries(labels),
        };
        const imported = importCompose(
          'docker-compose.yml',
          stringify({ services: { web: service } }, { lineWidth: 0 }),
          {
            resolvers: new Set(['letsencrypt', 'dns']),
          },
        );
        expect(imported.compose).toBe(bare);
        const after = workspaceOf(imported.compose, imported.ingress);
        expect(meaning(after.projects[0]?.ingress ?? [])).toEqual(meaning(before.projects[0]?.ingress ?? []));
      }),
      { numRuns: 300 },
    );
  });
});
