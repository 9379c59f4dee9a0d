import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SimulatedProxy } from '../testing/simulated-proxy';
import { SimulatedProxyProcess } from '../testing/simulated-proxy-process';
import { handOver } from './handover';
import { handoverSteps } from './types';
import type { Stored } from './temporary/demanded-names';
import { recoverHandover, type HandoverRecovery } from './recover';

const api = 'http://127.0.0.1:8082';
const current =
  'entryPoints: {traefik: {address: "127.0.0.1:8082"}, web: {address: ":8080", reusePort: true}}';
const next = `${current.slice(0, -1)}, tcp-5432: {address: ":5432", reusePort: true}}`;

let parent: string;
let folder: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'handover-'));
  folder = join(parent, 'handover');
});
afterEach(() => rmSync(parent, { recursive: true }));

/** What has to be left in every case: one instance, on the public ports, and nothing else. */
function expectClean(host: SimulatedProxy, where = ''): void {
  host.advance(1_000);
  expect({ where, violations: host.violations }).toEqual({ where, violations: [] });
  expect({ where, rules: host.engine.packetRules }).toEqual({ where, rules: [] });
  const kinds = host.kindsThere();
  expect({ where, kinds, folder: existsSync(folder) }).toEqual({ where, kinds: ['public'], folder: false });
}

/**
 * As long as connection tracking remembers one that was reset, its client's next one goes to the temporary instance.
 */
function expectServedOn(host: SimulatedProxy, where = ''): void {
  const servedOn = host.removedAt - host.restoredAt;
  expect({ where, servedOn, isEnough: servedOn >= 10_000 }).toMatchObject({ where, isEnough: true });
}

/** What a later deploy settles it with. */
function recovery({ replace }: SimulatedProxyProcess): HandoverRecovery {
  const stored = (): Promise<Stored> => Promise.resolve({ certificates: [], resolvers: null });
  return { folder, dynamicFolder: join(parent, 'dynamic'), stored, replace };
}

jest.setTimeout(60_000);

describe('handOver', () => {
  it('never leaves a new connection without an instance that serves', async () => {
    const host = new SimulatedProxy(api);
    const old = host.ids();
    const process = new SimulatedProxyProcess(host, folder);
    const outcome = await handOver(process.context(), process.request(current, next), process.journal);
    expect(outcome).toMatchObject({ result: 'done', reason: '', leftover: null });
    expect(process.steps).toEqual([...handoverSteps]);
    expect(process.notes).toEqual([]);
    expectClean(host);
    expect(host.ids()).not.toEqual(old);
    expectServedOn(host);
  });

  it('replaces one that does not take the secret, as after a lost state folder, and says what it could not compare', async () => {
    const host = new SimulatedProxy(api);
    const [old = ''] = host.ids();
    const process = new SimulatedProxyProcess(host, folder);
    const context = process.context();
    const get: typeof context.get = async (url, options) =>
      url.startsWith(api) && host.ids().includes(old) ? { status: 401, body: '' } : context.get(url, options);
    const outcome = await handOver({ ...context, get }, process.request(current, next), process.journal);
    expect(outcome).toMatchObject({ result: 'done', leftover: null });
    expect(process.notes.join()).toMatch(/does not take this state folder’s secret/);
    expect(host.ids().includes(old)).toBe(false);
  });

  it('replaces one whose files are gone, so that its API answers no more, without losing what containers bring', async () => {
    const host = new SimulatedProxy(api);
    const [old = ''] = host.ids();
    const process = new SimulatedProxyProcess(host, folder);
    const context = process.context();
    const get: typeof context.get = async (url, options) =>
      url.startsWith(api) && host.ids().includes(old) ? { status: 404, body: '' } : context.get(url, options);
    const request = { ...process.request(current, next), readsOtherFiles: true };
    const outcome = await handOver({ ...context, get }, request, process.journal);
    expect(outcome).toMatchObject({ result: 'done', leftover: null });
    expect(host.ids().includes(old)).toBe(false);
    expectClean(host);
  });

  it.each<[string, (host: SimulatedProxy) => void, RegExp]>([
    [
      'the new configuration does not start',
      (host) => (host.trialComesUp = false),
      /does not start with this configuration/,
    ],
    [
      'a new port is taken',
      (host) => (host.takenPorts = [5432]),
      /port 5432\/tcp of entry point tcp-5432 is taken by postgres/,
    ],
    [
      'the new instance does not serve all',
      (host) => (host.temporaryServes = false),
      /router web@docker is not there/,
    ],
    [
      'a firewall drops what is redirected',
      (host) => (host.blocked = true),
      /firewall of this host drops redirected connections to port 8080/,
    ],
  ])('touches nothing when %s', async (_, fault, reason) => {
    const host = new SimulatedProxy(api);
    const old = host.ids();
    fault(host);
    const process = new SimulatedProxyProcess(host, folder);
    const outcome = await handOver(process.context(), process.request(current, next), process.journal);
    expect(outcome).toMatchObject({ result: 'failed', leftover: null });
    expect(outcome.reason).toMatch(reason);
    expectClean(host);
    expect(host.ids()).toEqual(old);
  });

  it('shares the ports where the packet filter is out of reach, and says what that may cost', async () => {
    const host = new SimulatedProxy(api, false);
    const process = new SimulatedProxyProcess(host, folder);
    const outcome = await handOver(process.context(), process.request(current, next), process.journal);
    expect(outcome.result).toBe('done');
    expect(process.notes.join()).toMatch(/without root.*requests.*fail/);
    expect(process.steps).not.toContain('redirect');
    expectClean(host);
  });

  async function undisturbed(): Promise<string[]> {
    const process = new SimulatedProxyProcess(new SimulatedProxy(api), folder);
    await handOver(process.context(), process.request(current, next), process.journal);
    return process.stepAt;
  }

  it('loses nothing when it is killed, wherever that is, and the next deploy puts it right', async () => {
    const stepAt = await undisturbed();
    expect([...new Set(stepAt.slice(1))]).toEqual(['before', ...handoverSteps]);
    for (let killBefore = 1; killBefore < stepAt.length; killBefore += 1) {
      const where = `killed before operation ${killBefore} (${stepAt[killBefore]})`;
      const host = new SimulatedProxy(api);
      const process = new SimulatedProxyProcess(host, folder, { killBefore });
      await Promise.race([
        handOver(process.context(), process.request(current, next), process.journal),
        process.killed,
      ]);
      host.advance(3_000);
      const again = new SimulatedProxyProcess(host, folder);
      await recoverHandover(again.context(), recovery(again));
      expectClean(host, where);
      if (!Number.isNaN(host.restoredAt)) expectServedOn(host, where);
    }
  });

  it('lets what went to the temporary instance end when it fails', async () => {
    const host = new SimulatedProxy(api);
    host.blocked = true;
    const process = new SimulatedProxyProcess(host, folder);
    const outcome = await handOver(process.context(), process.request(current, next), process.journal);
    expect(outcome.result).toBe('failed');
    expectServedOn(host);
  });

  it('is undone within three seconds of an interrupt, or leaves the temporary instance serving', async () => {
    const stepAt = await undisturbed();
    for (let interruptBefore = 1; interruptBefore < stepAt.length; interruptBefore += 1) {
      const where = `interrupted before operation ${interruptBefore} (${stepAt[interruptBefore]})`;
      const host = new SimulatedProxy(api);
      const process = new SimulatedProxyProcess(host, folder, { interruptBefore });
      const outcome = await handOver(process.context(), process.request(current, next), process.journal);
      if (outcome.result === 'done') continue;
      expect({ where, result: outcome.result }).toEqual({ where, result: 'interrupted' });
      if (outcome.leftover !== null) {
        expect({ where, after: process.steps.includes('replace') }).toEqual({ where, after: true });
        host.advance(3_000);
        const again = new SimulatedProxyProcess(host, folder);
        await recoverHandover(again.context(), recovery(again));
      }
      expectClean(host, where);
    }
  });

  it('finds nothing to settle where nothing was left', async () => {
    const host = new SimulatedProxy(api);
    const process = new SimulatedProxyProcess(host, folder);
    expect(await recoverHandover(process.context(), recovery(process))).toBe(false);
    expectClean(host);
  });

  it('takes a redirect to nowhere away at once', async () => {
    const host = new SimulatedProxy(api);
    const process = new SimulatedProxyProcess(host, folder, { killBefore: Infinity });
    const redirect = await undisturbedUntil(host, 'drain-old');
    expect(redirect).toBe(true);
    host.remove('temporary');
    expect(await recoverHandover(process.context(), recovery(process))).toBe(true);
    expect(host.engine.packetRules).toEqual([]);
  });

  async function undisturbedUntil(host: SimulatedProxy, step: string): Promise<boolean> {
    const killBefore = (await undisturbed()).indexOf(step);
    const process = new SimulatedProxyProcess(host, folder, { killBefore });
    await Promise.race([
      handOver(process.context(), process.request(current, next), process.journal),
      process.killed,
    ]);
    return host.redirecting;
  }
});
