import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { deployStacks } from '../commands/deploy/deploy-stacks';
import { planStacks } from '../commands/plan/plan-stacks';
import { statusOf } from '../commands/status/status-of';
import type { StackOutcome } from '../requests';
import type { RowAnswer } from '../serving/ask-row';
import { readDeployed } from '../state/deployed';
import { readRecords } from '../state/records';
import { openState } from '../state/state';
import { facts, WEB } from '../testing/deploy-simulated';
import { rollback } from '../commands/rollback/rollback';
import { ingressRow, SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
/** Traefik's API: it serves both routes, whatever the answers of these are. */
let api: Server;
let answer: RowAnswer;
/** Of the one router that the running Traefik has. */
let rule: string;

const PAGE: RowAnswer = { kind: 'answered', status: 200, headers: {}, body: 'hello' };
const BAD_GATEWAY: RowAnswer = { kind: 'answered', status: 502, headers: {}, body: 'Bad Gateway' };

beforeEach(async () => {
  rule = 'Host(`shop.localhost`)';
  const served = { status: 'enabled', entryPoints: ['web-secure'] };
  const service = { status: 'enabled', loadBalancer: { servers: [{ url: 'http://172.18.0.2:8080' }] } };
  api = createServer(({ url }, response) => {
    const raw = {
      routers: {
        'shop-web-8080@docker': { ...served, rule },
        'nas-host-8080@file': { ...served, rule: 'Host(`nas.localhost`)' },
      },
      services: { 'shop-web-8080@docker': service, 'nas-host-8080@file': service },
    };
    response.end(JSON.stringify(url?.includes('rawdata') ? raw : url?.includes('entrypoints') ? [] : {}));
  }).listen(0, '127.0.0.1');
  await once(api, 'listening');
  simulated = await SimulatedWorkspace.create();
  const { port } = api.address() as AddressInfo;
  simulated.settings = {
    ...simulated.settings,
    internalPorts: { ...simulated.settings.internalPorts, traefik: port },
  };
  simulated.setProxy({ traefik: { image: 'traefik:v3', healthcheck: { test: ['CMD', 'true'] } } });
  simulated.setProject(
    'shop',
    { web: WEB },
    { compose: facts('web'), ingress: [ingressRow({ domains: ['shop.localhost'] })] },
  );
  answer = BAD_GATEWAY;
  behind = null;
});
afterEach(async () => {
  await simulated.dispose();
  api.closeAllConnections();
  api.close();
});

/** What comes of connecting to the host itself, past Traefik. */
let behind: RowAnswer | null;

async function deploy(...stacks: string[]): Promise<StackOutcome> {
  const context = simulated.context({
    ask: ({ kind }) => Promise.resolve(kind === 'tcp' && behind !== null ? behind : answer),
  });
  const { outcomes } = await deployStacks(context, { workspace: simulated.workspace(), stacks });
  const found = outcomes.find(({ stack }) => stack === stacks.at(-1));
  if (found === undefined) throw new Error('no outcome');
  return found;
}

/** The service with the labels of its row, as the artifact has them. */
function routed(host: string): typeof WEB & { labels: Record<string, string> } {
  const router = 'traefik.http.routers.shop-web-8080';
  return {
    ...WEB,
    // Its containers are recreated, without asking this Traefik, which stands still, for a rollout's route files.
    container_name: 'shop',
    'x-itsup': { hold: { deadline: 0 } },
    labels: {
      'traefik.enable': 'true',
      [`${router}.rule`]: `Host(\`${host}\`)`,
      [`${router}.entrypoints`]: 'web-secure',
      [`${router}.tls`]: 'true',
      'traefik.http.services.shop-web-8080.loadbalancer.server.port': '8080',
    },
  };
}

function setRow(host: string): void {
  const ingress = [ingressRow({ domains: [host] })];
  simulated.setProject('shop', { web: routed(host) }, { compose: facts('web'), ingress });
}

const state = () => openState(`${simulated.root}/state`);

describe('a stack that is deployed and not served', () => {
  it('fails, keeps what runs, and says which row it is', async () => {
    const { status, problems } = await deploy('proxy', 'shop');
    expect(status).toBe('failed');
    expect(problems).toMatchObject([
      {
        code: 'row-not-served',
        message: expect.stringContaining('is answered with 502'),
        place: { line: 2 },
      },
    ]);
    expect(simulated.engine.running('shop', 'web')).toHaveLength(1);
    const [record] = await readRecords(state(), 'shop');
    expect(record).toMatchObject({ outcome: 'failed', restorable: true, problems: [problems[0]?.message] });
  });

  it('fails again when nothing changes, until it is served', async () => {
    await deploy('proxy', 'shop');
    const again = await deploy('shop');
    expect([again.status, again.plan?.unchanged]).toEqual(['failed', true]);
    const [shop] = await statusOf(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: ['shop'],
    });
    expect(shop).toMatchObject({ state: 'degraded', unserved: [{ code: 'last-deploy-failed' }] });
    answer = PAGE;
    expect((await deploy('shop')).status).toBe('unchanged');
    expect((await readDeployed(state(), 'shop'))?.unserved).toBeUndefined();
    expect(await readRecords(state(), 'shop')).toMatchObject([{ outcome: 'deployed', problems: [] }]);
    // From here on nobody asks any more.
    answer = BAD_GATEWAY;
    expect((await deploy('shop')).status).toBe('unchanged');
  });

  it('asks, after a rollback, for no row that the earlier deploy did not have', async () => {
    answer = PAGE;
    expect((await deploy('proxy', 'shop')).status).toBe('deployed');
    const rows = [
      ingressRow({ domains: ['shop.localhost'] }),
      ingressRow({ domains: ['new.localhost'], port: 8081 }),
    ];
    const changed = { ...WEB, environment: { LEVEL: 'two' } };
    simulated.setProject('shop', { web: changed }, { compose: facts('web'), ingress: rows });
    // Traefik does not know the new row.
    expect((await deploy('shop')).status).toBe('failed');
    const context = simulated.context({ ask: () => Promise.resolve(answer) });
    const back = await rollback(context, { workspace: simulated.workspace(), stack: 'shop' });
    expect(back).toMatchObject({ status: 'deployed', problems: [] });
  });

  it('asks, after a rollback, for the name that the row had then', async () => {
    answer = PAGE;
    setRow('shop.localhost');
    expect((await deploy('proxy', 'shop')).status).toBe('deployed');
    setRow('renamed.localhost');
    rule = 'Host(`renamed.localhost`)';
    expect(await deploy('shop')).toMatchObject({ status: 'deployed', problems: [] });
    const asked: (string | null)[] = [];
    const context = simulated.context({
      ask: ({ host }) => {
        asked.push(host);
        return Promise.resolve(answer);
      },
    });
    const [, first] = await readRecords(state(), 'shop');
    const back = (): Promise<StackOutcome> =>
      rollback(context, { workspace: simulated.workspace(), stack: 'shop', to: first?.id ?? '' });
    // Traefik still has the name that the sources have.
    expect(await back()).toMatchObject({
      status: 'failed',
      problems: [{ code: 'router-differs', place: { line: 2 } }],
    });
    rule = 'Host(`shop.localhost`)';
    expect(await back()).toMatchObject({ status: 'unchanged', problems: [] });
    expect(asked).toEqual(['shop.localhost']);
  });

  it('asks, after a rollback, for a row that the sources do not have any more', async () => {
    answer = PAGE;
    setRow('shop.localhost');
    expect((await deploy('proxy', 'shop')).status).toBe('deployed');
    const web = { ...routed('shop.localhost'), labels: {} };
    simulated.setProject('shop', { web }, { compose: facts('web'), ingress: [] });
    expect((await deploy('shop')).status).toBe('deployed');
    answer = BAD_GATEWAY;
    const back = await rollback(simulated.context({ ask: () => Promise.resolve(answer) }), {
      workspace: simulated.workspace(),
      stack: 'shop',
    });
    expect(back).toMatchObject({
      status: 'failed',
      problems: [{ code: 'row-not-served', message: expect.stringContaining('https://shop.localhost') }],
    });
  });

  it('fails as a host outside Docker, again and again, until it is served; what it does later is its own business', async () => {
    simulated.setExternal('nas', [{ domains: ['nas.localhost'] }]);
    behind = { kind: 'refused' };
    const planned = await planStacks(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: ['nas'],
    });
    expect(planned.stacks.map(({ operations }) => operations.map(({ kind }) => kind))).toEqual([
      ['publish-routes'],
    ]);
    const first = await deploy('proxy', 'nas');
    expect([first.status, first.problems.length > 0]).toEqual(['failed', true]);
    const [record] = await readRecords(state(), 'nas');
    expect(record).toMatchObject({
      outcome: 'failed',
      restorable: false,
      problems: [first.problems[0]?.message],
    });
    for (const stacks of [['nas'], ['proxy', 'nas']]) {
      const again = await deploy(...stacks);
      expect([again.status, again.plan?.unchanged, again.problems]).toEqual(['failed', true, first.problems]);
    }
    expect(
      (await planStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['nas'] })).stacks,
    ).toMatchObject([{ unchanged: true, notes: [expect.stringContaining('its last deploy failed')] }]);
    const [nas] = await statusOf(simulated.context(), { workspace: simulated.workspace(), stacks: ['nas'] });
    expect(nas).toMatchObject({ state: 'external', unserved: [{ code: 'last-deploy-failed' }] });
    answer = PAGE;
    expect((await deploy('nas')).status).toBe('deployed');
    expect((await readRecords(state(), 'nas'))[0]).toMatchObject({ outcome: 'deployed', problems: [] });
    answer = BAD_GATEWAY;
    expect((await deploy('nas')).status).toBe('unchanged');
  });

  it('is asked for as a host outside Docker whose routes came with a deploy of the proxy alone', async () => {
    simulated.setExternal('nas', [{ domains: ['nas.localhost'] }]);
    behind = { kind: 'refused' };
    await deploy('proxy');
    expect((await deploy('nas')).status).toBe('failed');
  });

  it('is a warning as a host outside Docker that does not answer at all, for it may be off', async () => {
    simulated.setExternal('nas', [{ domains: ['nas.localhost'] }]);
    behind = { kind: 'silent', reason: 'EHOSTUNREACH' };
    const { status, problems } = await deploy('proxy', 'nas');
    expect(status).toBe('deployed');
    expect(problems).toMatchObject([
      {
        code: 'row-not-served',
        severity: 'warning',
        help: expect.stringContaining('does not answer at all'),
      },
    ]);
  });

  it('fails where no proxy runs that could serve it, and does not wait for one', async () => {
    const told: string[] = [];
    const context = simulated.context({
      ask: () => Promise.resolve(answer),
      reporter: { line: () => undefined, status: (_, text) => told.push(text) },
    });
    const { outcomes } = await deployStacks(context, { workspace: simulated.workspace(), stacks: ['shop'] });
    expect(outcomes).toMatchObject([{ status: 'failed', problems: [{ code: 'proxy-silent' }] }]);
    expect(told.filter((text) => text.includes('waits for its rows'))).toEqual([]);
  });
});
