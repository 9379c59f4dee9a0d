import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv, { type AnySchemaObject } from 'ajv';
import { parse } from 'yaml';
import type { Settings } from '@itsup/config';
import { renderProject } from './render-project';
import { renderProxy } from './render-proxy';
import {
  additions,
  project,
  projectRouting,
  route,
  shippedTemplates,
  withEmail,
  workspace,
  workspaceRouting,
  WORKSPACE,
} from './testing/build';

const SCHEMAS = join(WORKSPACE, '../shared/schemas');
const { skip } = describe;
const describeWithSchemas = (name: string, body: () => void): void => {
  if (existsSync(SCHEMAS)) describe(name, body);
  else skip(`${name} (left out: no schemas in ${SCHEMAS})`, body);
};

const templates = shippedTemplates();

describeWithSchemas('artifacts are valid against the schemas of Compose and Traefik', () => {
  const compose = validator('compose-spec.json');
  // `providers.precedence` is Traefik 3.7's, and the schema is older.
  const fixed = validator('traefik-v3.json', ['precedence']);
  const dynamic = validator('traefik-v3-file-provider.json');

  const cases: [string, Partial<Settings>][] = [
    ['nothing set', {}],
    [
      'everything set',
      {
        letsEncrypt: {
          email: 'ops@acme.org',
          staging: true,
          resolvers: { dns: { dnsChallenge: { provider: 'cloudflare' } } },
        },
        crowdsec: { enabled: true, collections: [] },
        trustedIps: ['10.0.0.1', '10.1.0.0/16'],
        traefikDomain: 'proxy.example.com',
        traefikAdmin: ['ops:$2y$05$abc'],
      },
    ],
  ];

  test.each(cases)('the proxy with %s', (_what, changes) => {
    const routing = workspaceRouting(
      [
        route(),
        route({
          kind: 'udp',
          serviceName: 'dns-53',
          routers: { 'dns-53': { entryPoints: ['udp-53'], service: 'dns-53' } },
          servers: [{ address: '10.0.0.2:53' }],
        }),
      ],
      [{ name: 'udp-53', port: 53, protocol: 'udp', kind: 'udp' }],
    );
    for (const { path, text } of renderProxy(workspace(changes), routing, templates)) {
      const validate = path.endsWith('docker-compose.yml')
        ? compose
        : path.endsWith('/traefik.yml')
          ? fixed
          : dynamic;
      const value =
        path.includes('/traefik/') || path.endsWith('docker-compose.yml') ? (parse(text) as unknown) : null;
      if (value !== null) expect([path, validate(value)]).toEqual([path, []]);
    }
  });

  test('a project', () => {
    const added = additions({
      labels: { a: 'b' },
      networks: [{ name: 'proxynet', ipv4Address: '172.20.0.9' }],
      keepDefault: true,
      dns: ['172.20.0.253'],
    });
    const routing = projectRouting({ additions: [added], networks: [{ name: 'proxynet', external: true }] });
    for (const { path, text } of renderProject(
      project({}, { name: 'shop' }),
      routing,
      withEmail(),
      templates,
    )) {
      expect([path, compose(parse(text))]).toEqual([path, []]);
    }
  });
});

/** Says what is wrong with a value; empty when it is valid. `newer`: keys that the schema does not know yet. */
function validator(file: string, newer: string[] = []): (value: unknown) => unknown[] {
  if (!existsSync(SCHEMAS)) return () => [];
  // Its own meta-schema is named by an address that ajv does not know it under.
  const { $schema, ...schema } = JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8')) as AnySchemaObject;
  void $schema;
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  return (value) =>
    validate(value)
      ? []
      : (validate.errors ?? []).filter(({ params }) => !newer.includes(String(params['additionalProperty'])));
}
