import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { parse } from 'yaml';
import { generatorTree, printed } from '../testing/generator-tree';
import importGenerator, { type ImportSchema } from './import';

const web = `services:
  web:
    image: nginx:1.27 # as before
    build: .
    env_file: web.env
    volumes: [./data:/data, 'media:/media']
    labels:
      - traefik.enable=true
      - traefik.http.routers.shop.rule=Host(\`\${DOMAIN}\`)
      - traefik.http.routers.shop.entrypoints=websecure
      - traefik.http.services.shop.loadbalancer.server.port=80
volumes:
  media:
`;
const ingress = `# yaml-language-server: $schema=../../node_modules/itsup/schemas/ingress.schema.json
ingress:
  - service: web
    domain: shop.example.com
    port: 80
`;
const mqtt = `services:
  broker:
    image: eclipse-mosquitto:2
    labels:
      - traefik.tcp.routers.mqtt.rule=HostSNI(\`*\`)
      - traefik.tcp.routers.mqtt.entrypoints=mqtt
      - traefik.tcp.services.mqtt.loadbalancer.server.port=1883
`;

let outside = '';
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'itsup-import-'));
  writeFileSync(join(outside, 'compose.yml'), web);
  writeFileSync(join(outside, '.env'), 'DOMAIN=shop.example.com\n');
});
afterEach(() => rmSync(outside, { recursive: true }));

const messageOf = (tree: ReturnType<typeof generatorTree>, schema: ImportSchema) =>
  importGenerator(tree, schema).then(
    () => '',
    (error: unknown) => (error as Error).message,
  );

describe('nx g itsup:import', () => {
  it('changes a file of projects/ in place', async () => {
    const path = 'projects/shop/docker-compose.yml';
    const tree = generatorTree({ [path]: web, 'projects/shop/.env': 'DOMAIN=shop.example.com\n' });
    let next: (() => unknown) | undefined;
    const told = await printed(
      async () => (next = await importGenerator(tree, { file: join(tree.root, path) })),
    );
    expect(told).toContain('${DOMAIN} stands as shop.example.com in ingress.yml');
    expect(tree.read(path, 'utf8')).toBe(web.replace(/ {4}labels:\n(?: {6}- .*\n)+/, ''));
    expect(tree.read('projects/shop/ingress.yml', 'utf8')).toBe(ingress);
    expect(await printed(() => next?.())).toContain('npx nx deploy shop --adopt');
  });

  it('copies one that lies elsewhere, and says what has to come along', async () => {
    const tree = generatorTree();
    let next: (() => unknown) | undefined;
    await printed(
      async () => (next = await importGenerator(tree, { file: join(outside, 'compose.yml'), name: 'shop' })),
    );
    expect(tree.children('projects/shop').sort()).toEqual(['docker-compose.yml', 'ingress.yml']);
    expect(tree.read('projects/shop/ingress.yml', 'utf8')).toBe(ingress);
    const told = await printed(() => next?.());
    expect(told).toContain(
      `Bring what lies beside the old file into projects/shop: .env, Dockerfile and what it copies, data, web.env (from ${outside})`,
    );
    expect(told).toContain('Its volumes belong to the Compose project itsup-import-');
  });

  it('calls the project as Compose does', async () => {
    writeFileSync(join(outside, 'compose.yml'), `name: shop\n${web}`);
    const tree = generatorTree();
    await printed(() => importGenerator(tree, { file: join(outside, 'compose.yml') }));
    expect(tree.exists('projects/shop/docker-compose.yml')).toBe(true);
  });

  it('takes the ports that no label says', async () => {
    const files = { 'projects/mqtt/compose.yaml': mqtt };
    const file = join(generatorTree().root, 'projects/mqtt/compose.yaml');
    expect(await messageOf(generatorTree(files), { file })).toContain('say --entryPoints=mqtt:<port>');
    expect(await messageOf(generatorTree(files), { file, entryPoints: ['mqtt'] })).toContain('Write them as');
    const tree = generatorTree(files);
    await printed(() => importGenerator(tree, { file, entryPoints: ['mqtt:1883'] }));
    expect(tree.read('projects/mqtt/ingress.yml', 'utf8')).toContain('hostport: 1883\n');
  });

  it('refuses what does not validate, unless it is forced', async () => {
    const text = web
      .replace('${DOMAIN}', 'a.example.com')
      .replace('=80\n', '=80\n      - traefik.http.routers.shop.middlewares=sso@file\n');
    const files = { 'projects/shop/docker-compose.yml': text };
    const file = join(generatorTree().root, 'projects/shop/docker-compose.yml');
    const refused = await messageOf(generatorTree(files), { file });
    expect(refused).toContain('the rows name middlewares that are not there: sso (1)');
    expect(refused).toContain('--force');
    const tree = generatorTree(files);
    expect(await printed(() => importGenerator(tree, { file, force: true }))).toContain('--middlewares');
    expect(tree.read('projects/shop/ingress.yml', 'utf8')).toContain('middleware: [sso]\n');
  });

  it('writes stand-ins for middlewares that are elsewhere, which let nobody in, when it is asked to', async () => {
    const text = web.replace('=80\n', '=80\n      - traefik.http.routers.shop.middlewares=sso@file\n');
    const path = 'projects/shop/docker-compose.yml';
    const own = '# mine\nhttp:\n  middlewares:\n    own: { compress: {} } # kept\n';
    const tree = generatorTree({
      [path]: text,
      'projects/shop/.env': 'DOMAIN=a.example.com',
      'projects/middlewares.yml': own,
    });
    const told = await printed(() =>
      importGenerator(tree, { file: join(tree.root, path), middlewares: true }),
    );
    expect(told).toContain('to be defined: sso (1)');
    const written = tree.read('projects/middlewares.yml', 'utf8') ?? '';
    expect(written).toContain('# mine\n');
    expect(written).toContain('# kept\n');
    expect(parse(written)).toEqual({
      http: {
        middlewares: {
          own: { compress: {} },
          sso: { ipAllowList: { sourceRange: ['127.0.0.1/32', '::1/128'] } },
        },
      },
    });
  });

  it('brings in a folder of stacks, with one report, and leaves out what it cannot', async () => {
    const stacks = mkdtempSync(join(tmpdir(), 'itsup-stacks-'));
    const stack = (name: string, text: string): void => {
      mkdirSync(join(stacks, name));
      writeFileSync(join(stacks, name, 'compose.yml'), text);
    };
    stack('shop', web.replace('${DOMAIN}', 'shop.example.com'));
    stack('plain', 'services:\n  web:\n    image: nginx\n');
    stack('wiki', web.replace('${DOMAIN}', 'wiki.example.com').replaceAll('.shop.', '.wiki.'));
    const tree = generatorTree();
    const told = await printed(() => importGenerator(tree, { file: stacks }));
    expect(told).toContain('2 of 3 stacks are brought in:');
    expect(told).toMatch(/plain\/compose\.yml: .*\. Copy its folder to projects\/<name>\/ as it is;/);
    expect(tree.children('projects').sort()).toEqual(['shop', 'wiki']);
    // Refused, it says of what would be left all the same.
    stack('bad', web.replace('${DOMAIN}', 'shop.example.com'));
    const refused = await messageOf(generatorTree(), { file: stacks });
    expect(stripVTControlCharacters(refused)).toMatch(
      /note: would be left where it is: plain\/compose\.yml: .*\. Copy its folder/,
    );
    rmSync(stacks, { recursive: true });
  });

  it('makes rows of the ports of the file’s own Traefik, which is to be removed', async () => {
    const text = `services:
  proxy:
    image: traefik:v3
    command: [--entrypoints.mqtt.address=:1883]
    ports: ["1883:1883"]
${mqtt.replace('services:\n', '')}`;
    const path = 'projects/mqtt/compose.yaml';
    const tree = generatorTree({ [path]: text });
    const told = await printed(() => importGenerator(tree, { file: join(tree.root, path) }));
    expect(tree.read('projects/mqtt/ingress.yml', 'utf8')).toContain('hostport: 1883\n');
    expect(told).toContain('Remove it');
    expect(stripVTControlCharacters(told)).toMatch(
      /warning: hostport 1883.* is published by mqtt:proxy itself/,
    );
  });

  it.each<[string, Record<string, string>, Partial<ImportSchema>, string]>([
    ['no such file', {}, { file: 'nothing.yml' }, 'there is no file'],
    [
      'an ingress file',
      { 'projects/shop/ingress.yml': '' },
      { name: 'shop' },
      'projects/shop/ingress.yml is there already',
    ],
    [
      'a Compose file',
      { 'projects/shop/compose.yml': '' },
      { name: 'shop' },
      'projects/shop/compose.yml is there already',
    ],
    ['a reserved name', {}, { name: 'traefik' }, 'Say another one: --name=<name>'],
    ['a name that is none', {}, { name: 'My Shop' }, 'Say another one: --name=my-shop'],
  ])('refuses %s', async (_, files, schema, message) => {
    const file = join(outside, 'compose.yml');
    expect(await messageOf(generatorTree(files), { file, ...schema })).toContain(message);
  });
});
