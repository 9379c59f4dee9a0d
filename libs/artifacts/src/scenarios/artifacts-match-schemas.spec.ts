import { AUTHORITY } from '@itsup/config/testing/authority';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Ajv, { type AnySchemaObject } from 'ajv';
import { parse } from 'yaml';
import { exampleFiles, routeExamples, type Settings } from '@itsup/config';
import { renderProxy } from '../proxy/render-proxy';
import { route, shippedTemplates, workspace, workspaceRouting, WORKSPACE } from '../testing/build';
import { errorsOf, generateWorkspace, writeFiles } from '../testing/generated-workspace';
import { temporaryFolder } from '../testing/temporary-folder';

const SCHEMAS = join(WORKSPACE, '../shared/schemas');
const CONFIG_FIXTURES = join(WORKSPACE, 'libs/config/src/__fixtures__');
const PROJECTS = ['compose', 'compose-in-place'].flatMap((folder) =>
  readdirSync(join(__dirname, '../__fixtures__', folder)).map((name) => `${folder}/${name}`),
);
const { skip } = describe;
const describeWithSchemas = (name: string, body: () => void): void => {
  if (existsSync(SCHEMAS)) describe(name, body);
  else skip(`${name} (left out: no schemas in ${SCHEMAS})`, body);
};

const templates = shippedTemplates();

describeWithSchemas('artifacts are valid against the schemas of Compose and Traefik', () => {
  const compose = validator('compose-spec.json');
  // The schemas are older than Traefik 3.7: what they lack of it is added where it belongs.
  const fixed = validator('traefik-v3.json', (schema) => {
    propertiesOf(schema, '$defs', 'typesAccessLogFields')['queryParameters'] = { type: 'object' };
    propertiesOf(schema, '$defs', 'staticProviders')['precedence'] = { type: 'array' };
  });
  const dynamic = validator('traefik-v3-file-provider.json', (schema) => {
    propertiesOf(schema, 'definitions', 'ipStrategy')['ipv6Subnet'] = { type: 'integer' };
    const kinds = schema['definitions'] as Record<string, { oneOf: object[] }>;
    kinds['httpMiddleware']?.oneOf.push({
      properties: { encodedCharacters: { type: 'object' } },
      additionalProperties: false,
    });
  });

  /** What is not YAML for Compose or Traefik has no schema. */
  function expectValid(path: string, text: string): void {
    const validate = /\/(docker-compose|docker-compose\.ingress)\.yml$/.test(path)
      ? compose
      : path === 'proxy/traefik/traefik.yml'
        ? fixed
        : path.startsWith('proxy/traefik/dynamic/')
          ? dynamic
          : null;
    const value: unknown = validate && parse(text);
    // A file of routes is a comment alone when there are none.
    if (validate && value !== null) expect([path, validate(value)]).toEqual([path, []]);
  }

  const cases: [string, Partial<Settings>][] = [
    ['nothing set', {}],
    [
      'everything set',
      {
        letsEncrypt: {
          email: 'ops@acme.org',
          staging: true,
          ...AUTHORITY,
          resolvers: { dns: { dnsChallenge: { provider: 'cloudflare' } } },
        },
        crowdsec: { enabled: true, collections: [], clientTrustedIps: [] },
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
      expectValid(path, text);
    }
  });

  describe('generated from', () => {
    const root = temporaryFolder();

    test('the projects that ship', async () => {
      cpSync(join(WORKSPACE, 'projects'), join(root(), 'projects'), { recursive: true });
      const generated = await generateWorkspace(root());
      expect(errorsOf(generated.problems)).toEqual([]);
      generated.artifacts.forEach((text, path) => expectValid(path, text));
    });

    test.each(workspaces(CONFIG_FIXTURES))('the workspace %s of libs/config', async (fixture) => {
      cpSync(join(CONFIG_FIXTURES, fixture), root(), { recursive: true });
      const generated = await generateWorkspace(root());
      expect(generated.artifacts.size > 0 || errorsOf(generated.problems).length > 0).toBe(true);
      generated.artifacts.forEach((text, path) => expectValid(path, text));
    });

    test.each(PROJECTS)('the project %s', async (fixture) => {
      cpSync(join(__dirname, '../__fixtures__', fixture), join(root(), 'projects/app'), { recursive: true });
      const generated = await generateWorkspace(root());
      expect(errorsOf(generated.problems)).toEqual([]);
      generated.artifacts.forEach((text, path) => expectValid(path, text));
    });

    test.each(routeExamples.map((example) => [example.title, example] as const))(
      'the documented example: %s',
      async (_title, example) => {
        writeFiles(root(), exampleFiles(example));
        const generated = await generateWorkspace(root());
        expect(errorsOf(generated.problems)).toEqual([]);
        generated.artifacts.forEach((text, path) => expectValid(path, text));
      },
    );
  });
});

/** The fixtures of libs/config that are workspaces: folders with a `projects/`. */
function workspaces(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => basename(path) === 'projects')
    .map(dirname)
    .sort();
}

/** The properties of one definition of a schema. */
function propertiesOf(schema: AnySchemaObject, group: string, name: string): Record<string, object> {
  const definition = (schema[group] as Record<string, { properties: Record<string, object> }>)[name];
  if (!definition) throw new Error(`the schema defines no ${name}`);
  return definition.properties;
}

/** Says what is wrong with a value; empty when it is valid. `amend` gives the schema what it does not know yet. */
function validator(
  file: string,
  amend: (schema: AnySchemaObject) => void = () => undefined,
): (value: unknown) => unknown[] {
  if (!existsSync(SCHEMAS)) return () => [];
  // Its own meta-schema is named by an address that ajv does not know it under.
  const { $schema, ...schema } = JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8')) as AnySchemaObject;
  void $schema;
  amend(schema);
  const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}
