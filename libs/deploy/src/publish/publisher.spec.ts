import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { Route } from '@itsup/routing';
import { stringify } from 'yaml';

import { openState, type State } from '../state/state';
import { VirtualClock } from '@itsup/docker/testing/virtual-clock';
import { simulatedSystem } from '../testing/simulated-system';
import { entriesOf, entryKey } from './entries';
import type { PublishedFile } from './published-file';
import { Publisher } from './publisher';
import { routeOwners, type Owner } from './route-owners';

const HTTP = 'traefik/dynamic/routers-http.yml';
const TCP = 'traefik/dynamic/routers-tcp.yml';
const MIDDLEWARES = 'traefik/dynamic/middlewares.yml';

let state: State;

beforeEach(async () => {
  state = openState(await mkdtemp(path.join(os.tmpdir(), 'itsup-publisher-')));
});

afterEach(() => rm(state.dir, { recursive: true, force: true }));

/** Routes by owner: `shop/web`, or `ext` for an external host's; the value is the rule. */
type Routes = Record<string, string>;

function open(routes: Routes, middlewares: string[] = [], staticText = 'log: {}\n'): Promise<Publisher> {
  const owners = new Map<string, Owner>();
  const routers: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(routes)) {
    const [stack = '', service = null] = name.split('/');
    const router = name.replace('/', '-');
    owners.set(entryKey('http', 'routers', router), { stack, service });
    const [, entryPoint] = rule.split('@');
    routers[router] = {
      rule,
      ...(entryPoint !== undefined && { entryPoints: [entryPoint] }),
      service: `${router}@docker`,
      ...(rule.includes('!') && { middlewares: ['auth'] }),
    };
  }
  const files: PublishedFile[] = [
    { path: 'traefik/traefik.yml', text: staticText },
    { path: HTTP, text: `# routes\n${stringify({ http: { routers } })}` },
    {
      path: MIDDLEWARES,
      text: stringify({
        http: { middlewares: Object.fromEntries(middlewares.map((name) => [name, { headers: {} }])) },
      }),
    },
  ];
  return Publisher.open(state, simulatedSystem(new VirtualClock()), files, owners);
}

async function published(): Promise<Routes> {
  const text = await readFile(path.join(state.dir, HTTP), 'utf8').catch(() => '{}');
  return Object.fromEntries(
    [...entriesOf(text)].map(([key, value]) => [
      (JSON.parse(key) as string[])[2] ?? '',
      (value as { rule: string }).rule,
    ]),
  );
}

async function deploy(publisher: Publisher, stacks: string[], proxy = true): Promise<void> {
  await publisher.begin(proxy);
  if (proxy) await publisher.publishStatic();
  for (const stack of stacks) await publisher.settle(stack);
  if (proxy) await publisher.finish([]);
}

describe('Publisher', () => {
  it('brings a route with its stack and not before', async () => {
    const publisher = await open({ 'shop/web': 'a' });
    await publisher.begin(true);
    expect(await published()).toEqual({});
    await publisher.settle('shop');
    expect(await published()).toEqual({ 'shop-web': 'a' });
  });

  it('writes the generated text, comments and all, once everything of it is served', async () => {
    await deploy(await open({ 'shop/web': 'a' }), ['shop']);
    expect(await readFile(path.join(state.dir, HTTP), 'utf8')).toContain('# routes');
  });

  it('keeps the routes of a stack that is not deployed, changed or gone, until it is', async () => {
    await deploy(await open({ 'shop/web': 'a', 'blog/web': 'b' }), ['shop', 'blog']);
    await deploy(await open({ 'shop/web': 'a2' }), ['shop']);
    expect(await published()).toEqual({ 'shop-web': 'a2', 'blog-web': 'b' });
    const publisher = await open({ 'shop/web': 'a2' });
    await publisher.dropStack('blog');
    expect(await published()).toEqual({ 'shop-web': 'a2' });
  });

  it('publishes routes of external hosts with the proxy', async () => {
    await deploy(await open({ ext: 'e' }), []);
    expect(await published()).toEqual({ ext: 'e' });
    await deploy(await open({}), []);
    expect(await published()).toEqual({});
  });

  it('leaves what the proxy brings alone while the proxy is not deployed, apart from what is new', async () => {
    await deploy(await open({}, ['old']), []);
    const publisher = await open({ 'shop/web': 'a!' }, ['auth'], 'log: {level: DEBUG}\n');
    await deploy(publisher, ['shop'], false);
    expect(await published()).toEqual({ 'shop-web': 'a!' });
    const middlewares = await readFile(path.join(state.dir, MIDDLEWARES), 'utf8');
    expect(middlewares).toMatch(/auth[\s\S]*old/);
    expect(await readFile(path.join(state.dir, 'traefik/traefik.yml'), 'utf8')).toBe('log: {}\n');
  });

  it('takes a middleware away only after the routes that used it', async () => {
    await deploy(await open({ 'shop/web': 'a!' }, ['auth']), ['shop']);
    const publisher = await open({ 'shop/web': 'a' }, []);
    await publisher.begin(true);
    expect(await readFile(path.join(state.dir, MIDDLEWARES), 'utf8')).toContain('auth');
    await publisher.settle('shop');
    await publisher.finish([]);
    expect(await readFile(path.join(state.dir, MIDDLEWARES), 'utf8')).not.toContain('auth');
  });

  it('publishes nothing that refers to what is not there', async () => {
    const publisher = await open({ 'shop/web': 'a!' }, []);
    await publisher.begin(true);
    await expect(publisher.settle('shop')).rejects.toThrow('middleware auth');
    expect(await published()).toEqual({});
  });

  it('takes routers away with their only entry point, before their stack is deployed', async () => {
    const points = (...names: string[]) =>
      stringify({ entryPoints: Object.fromEntries(names.map((name) => [name, {}])) });
    await deploy(await open({ 'shop/web': 'a@tcp-1', 'blog/web': 'b@web' }, [], points('web', 'tcp-1')), [
      'shop',
      'blog',
    ]);
    const publisher = await open({ 'shop/web': 'a@tcp-2', 'blog/web': 'b@web' }, [], points('web', 'tcp-2'));
    await publisher.begin(true);
    await publisher.publishStatic('traefik/traefik.yml');
    expect(await published()).toEqual({ 'shop-web': 'a@tcp-1', 'blog-web': 'b@web' });
    await publisher.publishStatic();
    expect(await published()).toEqual({ 'blog-web': 'b@web' });
  });

  it('keeps what routes of several stacks share for whichever is deployed, and when one of them goes', async () => {
    const serversTransports = { 'proxy-protocol-v2': { proxyProtocol: { version: 2 } } };
    const rows = ['blog', 'shop'].map((project): Route => ({
      ...{ project, service: 'db', host: null, kind: 'tcp', via: 'file', port: 5432, scheme: 'http' },
      ...{ domains: [], pathPrefix: null, hostport: 5432, serviceName: `${project}-db`, servedBy: 'docker' },
      ...{ loadBalancer: {}, servers: [], middlewares: {}, serversTransports },
      place: { file: `projects/${project}/ingress.yml`, line: 2, column: 5 },
      routers: {
        [`${project}-db`]: {
          rule: 'HostSNI(`*`)',
          entryPoints: ['tcp-5432'],
          service: `${project}-db@docker`,
        },
      },
    }));
    const projects = rows.map((row) => ({
      ...{ project: row.project, additions: [], networks: [], routes: [row], edges: [], problems: [] },
    }));
    const owners = routeOwners({
      projects,
      entryPoints: [],
      problems: [],
      edgeProblems: [],
      disputes: [],
      holdings: new Map(),
    });
    const transport = entryKey('tcp', 'serversTransports', 'proxy-protocol-v2');
    const text = stringify({
      tcp: {
        routers: Object.assign({}, ...rows.map((row) => row.routers)) as Record<string, unknown>,
        serversTransports,
      },
    });
    const openShared = (mine: ReadonlyMap<string, Owner> = owners) =>
      Publisher.open(state, simulatedSystem(new VirtualClock()), [{ path: TCP, text }], mine);
    const names = async () =>
      [...entriesOf(await readFile(path.join(state.dir, TCP), 'utf8'))].map(
        ([key]) => (JSON.parse(key) as string[])[2],
      );

    await deploy(await openShared(), ['blog'], false);
    expect(await names()).toEqual(['blog-db', 'proxy-protocol-v2']);
    await deploy(await openShared(), ['shop'], false);
    await (await openShared()).dropStack('shop');
    expect(await names()).toEqual(['blog-db', 'proxy-protocol-v2']);

    // A state folder of a version that gave it to the last stack which named it.
    await deploy(await openShared(new Map([...owners, [transport, { stack: 'shop', service: 'db' }]])), [
      'shop',
    ]);
    await (await openShared()).dropStack('shop');
    expect(await names()).toEqual(['blog-db', 'proxy-protocol-v2']);
  });

  it('replaces the routes of one service for its rollout', async () => {
    await deploy(await open({ 'shop/web': 'a', 'shop/api': 'b' }), ['shop']);
    const publisher = await open({ 'shop/web': 'a2', 'shop/api': 'b2' });
    const routes = publisher.routesOf('shop', 'web');
    expect(routes).toMatchObject({ http: { routers: { 'shop-web': { rule: 'a2' } } } });
    await publisher.publishService('shop', 'web', routes ?? {});
    expect(await published()).toEqual({ 'shop-web': 'a2', 'shop-api': 'b' });
    await publisher.publishService('shop', 'web', {});
    expect(await published()).toEqual({ 'shop-api': 'b' });
    expect(publisher.routesOf('blog', 'web')).toBeNull();
  });

  it('takes nothing of the proxy away in its own turn, and at the end only what no route uses', async () => {
    await deploy(await open({ 'shop/web': 'a!' }, ['auth', 'free']), ['shop']);
    const publisher = await open({ 'shop/web': 'a' }, []);
    await publisher.begin(true);
    await publisher.settle('proxy');
    const middlewares = () => readFile(path.join(state.dir, MIDDLEWARES), 'utf8');
    expect(await middlewares()).toMatch(/auth[\s\S]*free/);
    expect(await publisher.finish([])).toMatchObject([{ what: 'middleware auth', users: ['shop'] }]);
    expect(await middlewares()).toContain('auth');
    expect(await middlewares()).not.toContain('free');
  });

  it('keeps what pins and labels still use', async () => {
    await deploy(await open({}, ['auth', 'slow']), []);
    const pin = { http: { routers: { pin: { rule: 'a', service: 's', middlewares: ['auth@file'] } } } };
    await writeFile(path.join(state.dynamicDir, 'rollout-shop-web.yml'), stringify(pin));
    const publisher = await open({}, []);
    await publisher.begin(true);
    const held = await publisher.finish([{ user: 'blog', names: new Set(['slow']) }]);
    expect(held).toMatchObject([
      { what: 'middleware slow', users: ['blog'] },
      { what: 'middleware auth', users: ['rollout-shop-web.yml'] },
    ]);
  });

  it('keeps what another process published meanwhile', async () => {
    const first = await open({ 'shop/web': 'a', 'blog/web': 'b' });
    const second = await open({ 'shop/web': 'a', 'blog/web': 'b' });
    await first.settle('shop');
    await second.settle('blog');
    await first.settle('shop');
    expect(await published()).toEqual({ 'shop-web': 'a', 'blog-web': 'b' });
  });

  it('says what it would change, and nothing once it did', async () => {
    const publisher = await open({ 'shop/web': 'a' });
    expect(publisher.pending('proxy').map(({ path: file }) => file)).toContain('traefik/traefik.yml');
    expect(publisher.pending('shop')).toEqual([{ path: HTTP, action: 'create' }]);
    await deploy(publisher, ['shop']);
    const again = await open({ 'shop/web': 'a' });
    expect([...again.pending('shop'), ...again.pending('proxy')]).toEqual([]);
  });

  it('leaves files of others alone, and no temporary file behind', async () => {
    const publisher = await open({ 'shop/web': 'a' });
    await deploy(publisher, ['shop']);
    const names = await readdir(state.dynamicDir);
    expect(names.sort()).toEqual(['middlewares.yml', 'routers-http.yml']);
  });
});
