import type { ComposeModel, ComposeService } from '@itsup/docker';

import { aspectsOf, networksOf, ownNetworksOf, replicasOf, type MountedContents } from './definition';
import { Digester } from '../digest';

const digester = new Digester('key');
const NO_CONTENTS: MountedContents = {
  files: {},
  data: new Set(),
  published: {},
  environment: {},
  display: (file) => file,
};

function model(web: ComposeService, rest: Partial<ComposeModel> = {}): ComposeModel {
  return { name: 'shop', services: { web }, networks: { default: { name: 'shop_default' } }, ...rest };
}

function changed(before: ComposeModel, after: ComposeModel, contents = [NO_CONTENTS, NO_CONTENTS]): string[] {
  const [a, b] = [before, after].map((one, index) =>
    aspectsOf('web', one, contents[index] ?? NO_CONTENTS, digester),
  );
  return [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])].filter(
    (name) => a?.[name] !== b?.[name],
  );
}

describe('aspectsOf', () => {
  it.each<[string, ComposeService]>([
    ['build', { build: { context: '/src' } }],
    ['depends_on', { depends_on: { db: { condition: 'service_started' } } }],
    ['profiles', { profiles: ['tools'] }],
    ['pull_policy', { pull_policy: 'always' }],
    ['the number of replicas', { deploy: { replicas: 3 } }],
    ['x-itsup', { 'x-itsup': { rollout: false } }],
    ['what Compose fills in empty', { command: null, entrypoint: null, deploy: { resources: {} } }],
  ])('does not count %s', (_what, service) => {
    expect(changed(model({}), model(service))).toEqual([]);
  });

  it('does not count the order of keys', () => {
    const labels = { labels: { b: '1', a: '2' }, command: ['x'] };
    expect(changed(model(labels), model({ command: ['x'], labels: { a: '2', b: '1' } }))).toEqual([]);
  });

  it.each<[string, ComposeService]>([
    ['command', { command: ['run'] }],
    ['environment LEVEL', { environment: { LEVEL: 'info' } }],
    ['label traefik.enable', { labels: { 'traefik.enable': 'true' } }],
    ['network shop_default', { networks: { default: null } }],
    ['volume /data', { volumes: [{ type: 'volume', source: 'data', target: '/data' }] }],
    ['deploy', { deploy: { resources: { limits: { memory: '64m' } } } }],
  ])('names %s', (aspect, service) => {
    expect(changed(model({}), model(service))).toEqual([aspect]);
  });

  it('tells a variable without a value from an empty one', () => {
    expect(changed(model({ environment: { A: null } }), model({ environment: { A: '' } }))).toEqual([
      'environment A',
    ]);
  });

  it('counts the content of bound files, configs and secrets, and not that of folders', () => {
    const service: ComposeService = {
      volumes: [
        { type: 'bind', source: '/etc/app.conf', target: '/app.conf' },
        { type: 'bind', source: '/srv/www', target: '/www' },
      ],
      configs: [{ source: 'nginx' }],
      secrets: [{ source: 'token' }, { source: 'db' }],
    };
    const whole = model(service, {
      configs: { nginx: { file: '/nginx.conf' } },
      secrets: { token: { environment: 'TOKEN' }, db: { file: '/db.txt' } },
    });
    const contents = (files: Record<string, string>, token: string): MountedContents => ({
      ...NO_CONTENTS,
      files,
      environment: { TOKEN: token },
    });
    const before = contents({ '/etc/app.conf': '1', '/nginx.conf': '1', '/db.txt': '1' }, 'a');
    const after = contents({ '/etc/app.conf': '2', '/nginx.conf': '2', '/db.txt': '2' }, 'b');
    expect(changed(whole, whole, [before, after]).sort()).toEqual([
      'config nginx',
      'file /etc/app.conf',
      'secret db',
      'secret token',
    ]);
    expect(changed(whole, whole, [before, before])).toEqual([]);
  });

  it('counts how a file that is data is mounted, and not its content', () => {
    const mounted = (change: object = {}): ComposeModel =>
      model({ volumes: [{ type: 'bind', source: '/app.db', target: '/db', ...change }] });
    const contents = (digest: string): MountedContents => ({
      ...NO_CONTENTS,
      files: { '/app.db': digest },
      data: new Set(['/app.db']),
    });
    const both = [contents('1'), contents('2')];
    expect(changed(mounted(), mounted(), both)).toEqual([]);
    expect(changed(mounted(), mounted({ target: '/other' }), both)).toEqual(['mount /app.db']);
  });

  it('counts each mount of what is mounted twice', () => {
    const volumes = (...targets: string[]): ComposeService['volumes'] =>
      targets.map((target) => ({ type: 'bind', source: '/etc/app.conf', target }));
    const references = (...targets: string[]) => targets.map((target) => ({ source: 'c', target }));
    const service = (...targets: string[]): ComposeModel =>
      model(
        { volumes: volumes(...targets), configs: references(...targets), secrets: references(...targets) },
        { configs: { c: { content: 'c' } }, secrets: { c: { environment: 'C' } } },
      );
    const contents = { ...NO_CONTENTS, files: { '/etc/app.conf': '1' } };
    const both = [contents, contents];
    const every = ['configs c', 'files /etc/app.conf', 'mounts /etc/app.conf', 'secrets c'];
    expect(changed(service('/a', '/b'), service('/z', '/b'), both).sort()).toEqual(every);
    expect(changed(service('/b'), service('/a', '/b'), both).sort()).toEqual(every);
    expect(changed(service('/a', '/b'), service('/b'), both).sort()).toEqual(every);
    expect(changed(service('/a', '/b'), service('/a', '/b'), both)).toEqual([]);
  });

  it.each(['command', 'entrypoint'] as const)('tells an empty %s from none and from another', (key) => {
    expect(changed(model({}), model({ [key]: [] }))).toEqual([`empty ${key}`]);
    expect(changed(model({ [key]: [] }), model({ [key]: null }))).toEqual([`empty ${key}`]);
    expect(changed(model({ [key]: [] }), model({ [key]: ['x'] }))).toContain(key);
  });

  it('counts the models of a service and what they are', () => {
    const models = (...names: string[]) => Object.fromEntries(names.map((name) => [name, null]));
    const before = model({ models: models('llm') }, { models: { llm: { model: 'ai/a' } } });
    const other = model({ models: models('llm') }, { models: { llm: { model: 'ai/b' } } });
    const more = model(
      { models: models('llm', 'emb') },
      { models: { llm: { model: 'ai/a' }, emb: { model: 'ai/c' } } },
    );
    expect(changed(before, other)).toEqual(['model llm']);
    expect(changed(before, more)).toEqual(['model emb']);
    const named = model({ models: { llm: { endpoint_var: 'URL' } } }, { models: before.models });
    expect(changed(before, named)).toEqual(['models', 'model llm']);
  });

  it('gives what is there once the digest that earlier records have', () => {
    const service: ComposeService = { configs: [{ source: 'c' }], command: ['x'] };
    expect(
      aspectsOf('web', model(service, { configs: { c: { content: 'c' } } }), NO_CONTENTS, digester),
    ).toEqual({
      command: digester.of(['x']),
      'config c': digester.of([{ source: 'c' }, ['c', undefined, undefined]]),
    });
  });

  it('holds no value that it was made from', () => {
    const aspects = aspectsOf('web', model({ environment: { PASSWORD: 'hunter2' } }), NO_CONTENTS, digester);
    expect(JSON.stringify(aspects)).not.toContain('hunter2');
    const other = aspectsOf(
      'web',
      model({ environment: { PASSWORD: 'hunter2' } }),
      NO_CONTENTS,
      new Digester('other'),
    );
    expect(other).not.toEqual(aspects);
  });
});

describe('networksOf', () => {
  it('gives the names on the engine and whether only Compose can join them', () => {
    const whole = model(
      { networks: { default: null, edge: { aliases: ['shop'] }, proxynet: { ipv4_address: '172.20.0.9' } } },
      {
        networks: {
          default: { name: 'shop_default' },
          edge: { name: 'a--b--c' },
          proxynet: { name: 'proxynet' },
        },
      },
    );
    expect(networksOf('web', whole)).toEqual([
      { key: 'default', network: 'shop_default', aliases: ['web'], pinned: false },
      { key: 'edge', network: 'a--b--c', aliases: ['web', 'shop'], pinned: false },
      { key: 'proxynet', network: 'proxynet', aliases: ['web'], pinned: true, ip: '172.20.0.9' },
    ]);
    expect(networksOf('web', model({ network_mode: 'host' }))).toEqual([]);
  });

  it.each<[string, ComposeService]>([
    ['links', { links: ['db:database'] }],
    ['external_links', { external_links: ['blog-db-1:database'] }],
  ])(
    'leaves every network of a service with %s to Compose, which alone gives them to it',
    (_what, service) => {
      const pinned = networksOf('web', model({ ...service, networks: { default: null } })).map(
        (use) => use.pinned,
      );
      expect(pinned).toEqual([true]);
    },
  );

  it('leaves the networks of a service with empty links to a live connect', () => {
    expect(networksOf('web', model({ links: [], networks: { default: null } }))).toMatchObject([
      { pinned: false },
    ]);
  });
});

describe('replicasOf', () => {
  it('takes scale before deploy.replicas before one', () => {
    expect([{ scale: 0, deploy: { replicas: 2 } }, { deploy: { replicas: 2 } }, {}].map(replicasOf)).toEqual([
      0, 2, 1,
    ]);
  });
});

describe('ownNetworksOf', () => {
  const digests = (network: object): unknown[] =>
    ownNetworksOf({ name: 'shop', services: {}, networks: { back: network } }, digester).map(
      ({ digest, earlierDigest }) => ({ digest, earlierDigest }),
    );

  it('digests a definition without what is for people and other programs, and knows how it was digested', () => {
    const [plain] = ownNetworksOf(
      { name: 'shop', services: {}, networks: { back: { internal: true } } },
      digester,
    );
    expect(digests({ internal: true, 'x-note': 'a' })).toEqual([
      { digest: plain?.digest, earlierDigest: digester.of({ internal: true, 'x-note': 'a' }) },
    ]);
    expect(plain).not.toHaveProperty('earlierDigest');
    expect(digests({ internal: true, ipam: { config: [{ aux_addresses: { x: '10.0.0.2' } }] } })).not.toEqual(
      digests({ internal: true, ipam: { config: [{ aux_addresses: { x: '10.0.0.3' } }] } }),
    );
  });
});
