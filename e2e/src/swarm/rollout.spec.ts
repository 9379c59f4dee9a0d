import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

import { describeOnOwnSwarm } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { NODE, PROXY_IMAGES } from '../harness/engine/images';
import { http } from '../harness/traffic/clients';
import { output, succeeded, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { DAEMON, startLoad, type Load } from '../load';
import { signalAtStep } from '../load/signal-at-step';
import { containersOfService, DEPLOY_MS, endSwarm, makeSwarm } from './own-swarm';

/** How often each kind of rollout is done: `ITSUP_E2E_ROLLOUTS=20` for a night. */
const ROLLOUTS = Number(process.env['ITSUP_E2E_ROLLOUTS'] ?? 5);
/** Steps of the journal that a deploy is killed at. */
const KILLED_AT = ['start-new', 'switch', 'drain', 'stop-old', 'await-labels', 'unpin', 'remove-old'];

/** Answers after a moment, and dies at its stop signal: what is under way then is lost. */
const SERVER = `
const { createHash } = require('crypto');
const { PORT = '8080', VERSION, RELEASE = 'first' } = process.env;
require('http').createServer((q, a) => {
  const hash = createHash('sha256');
  const say = () => a.end(q.method === 'POST' ? hash.digest('hex') : VERSION + ' ' + RELEASE);
  q.on('data', (part) => hash.update(part)).on('end', () => setTimeout(say, 200));
}).listen(Number(PORT), () => require('fs').writeFileSync('/tmp/up', ''));
`;

/** Another image, made from that one. */
const NEXT = 'itsup-e2e-swarm:next';

interface App {
  version: string;
  image: string;
  port: number;
  scale: number;
  /** What the row's middleware adds. */
  row: string;
  more: Record<string, unknown>;
}

describeOnOwnSwarm(
  [NODE, ...PROXY_IMAGES],
  `${ROLLOUTS} rollouts of each kind on a swarm of one, under load`,
  () => {
    let workspace: TestWorkspace;
    let app: string;
    let load: Load;
    let now: App = { version: 'v0', image: NODE, port: 8080, scale: 2, row: 'r0', more: {} };
    const took: Record<string, number[]> = {};

    beforeAll(async () => {
      workspace = await createWorkspace({ settings: { engine: 'swarm' } });
      app = workspace.name('app');
      await makeSwarm(workspace);
      const container = await output('docker', ['create', NODE]);
      await output('docker', ['commit', '--change', 'ENV RELEASE=next', container, NEXT]);
      await output('docker', ['rm', container]);
      await write({});
      succeeded(await workspace.itsup(['deploy'], { timeoutMs: DEPLOY_MS }));
      const origin = `https://127.0.0.1:${workspace.ports.webSecure}`;
      const shared = { kind: 'http' as const, origin, host: 'app.localhost', timeoutMs: 60_000 };
      await eventually(async () => expect(await page()).toBe('v0 first'));
      load = startLoad([
        { ...shared, name: 'kept', keepAlive: true, perSecond: 10 },
        { ...shared, name: 'new', keepAlive: false, perSecond: 4 },
        { ...shared, name: 'posts', method: 'POST', keepAlive: true, perSecond: 6 },
      ]);
    });
    afterAll(async () => {
      const tallies = Object.values((await load?.stop()) ?? {});
      const sent = tallies.reduce((sum, tally) => sum + tally.sent, 0);
      const failures = tallies.map((tally) => tally.failures);
      process.stdout.write(`${JSON.stringify({ sent, failures, seconds: took })}\n`);
      await workspace?.nx(['daemon', '--stop'], { env: DAEMON });
      await workspace?.itsup(['down', app]);
      await workspace?.dispose();
      await endSwarm();
    });

    async function write(change: Partial<App>): Promise<void> {
      now = { ...now, more: {}, ...change };
      const { version, image, port, scale, row, more } = now;
      const web = {
        ...{ image, init: true, restart: 'always', command: ['node', '-e', SERVER], scale },
        ...{ environment: { VERSION: version, PORT: String(port) }, stop_grace_period: '1s' },
        healthcheck: { test: ['CMD', 'test', '-e', '/tmp/up'], interval: '4s', timeout: '60s', retries: 10 },
        ...more,
      };
      await workspace.write(`projects/${app}/docker-compose.yml`, stringify({ services: { web } }));
      const ingress = [
        { service: 'web', domain: 'app.localhost', port, headers: { response: { 'X-Row': row } } },
      ];
      await workspace.write(`projects/${app}/ingress.yml`, stringify({ ingress }));
    }

    const itsup = async (kind: string, ...words: string[]): Promise<Run> => {
      const began = performance.now();
      const run = await workspace.itsup([...words, app], { timeoutMs: DEPLOY_MS, env: DAEMON });
      (took[kind] ??= []).push(Math.round((performance.now() - began) / 1000));
      return run;
    };
    const answer = (): ReturnType<typeof http> =>
      http({ port: workspace.ports.webSecure, tls: true, host: 'app.localhost' });
    const page = async (): Promise<string> => (await answer()).body;
    const tasks = (): Promise<string[]> => containersOfService(app, 'web');

    /** Nobody was disturbed, and of the bridge nothing is left. */
    async function expectClean(what: string): Promise<void> {
      await sleep(1_000);
      const failed = Object.values(load.tallies()).flatMap(({ failedAt }) => failedAt);
      expect({ what, failed }).toEqual({ what, failed: [] });
      expect(await output('docker', ['service', 'ls', '--format', '{{.Name}}'])).toBe(`${app}_web`);
      const pins = (await readdir(join(workspace.state, 'traefik/dynamic'))).filter((name) =>
        name.startsWith('rollout-'),
      );
      expect(pins).toEqual([]);
      const sent = Object.values(load.tallies()).reduce((sum, tally) => sum + tally.sent, 0);
      process.stdout.write(`${what}: none of ${sent} requests failed so far\n`);
    }

    type Act = (round: number) => Promise<void>;
    const kinds: [string, Act][] = [];
    const kind = (name: string, act: Act): void => void kinds.push([name, act]);

    it('says before what it will do', async () => {
      await write({ image: NEXT });
      expect((await workspace.itsup(['plan', app])).all).toMatch(/web +rollout +image/);
      await write({ image: NODE });
    });

    kind('image', async () => {
      await write({ image: now.image === NODE ? NEXT : NODE });
      succeeded(await itsup('image', 'apply'));
    });

    kind('labels: no task is replaced', async (round) => {
      const before = await tasks();
      await write({ row: `r${round}` });
      succeeded(await itsup('labels', 'apply'));
      await eventually(async () => expect((await answer()).headers['x-row']).toBe(`r${round}`));
      expect(await tasks()).toEqual(before);
    });

    kind('port', async (round) => {
      await write({ version: `port${round}`, port: now.port === 8080 ? 9090 : 8080 });
      succeeded(await itsup('port', 'apply'));
    });

    kind('replicas', async () => {
      await write({ scale: now.scale === 2 ? 3 : 2 });
      succeeded(await itsup('replicas', 'apply'));
    });

    kind('rollback', async (round) => {
      const before = now;
      await write({ version: `back${round}`, row: `back${round}`, port: now.port === 8080 ? 9090 : 8080 });
      succeeded(await itsup('forward', 'apply'));
      expect(await page()).toContain(`back${round}`);
      succeeded(await itsup('rollback', 'rollback'));
      await write(before);
    });

    kind('broken: what served serves on, and the reason is told', async (round) => {
      const before = now;
      const running = await tasks();
      const script = `console.error('no such luck'); process.exit(3)`;
      // By turns with a port that leads nowhere yet, and with another number of tasks.
      const beside = round % 2 === 0 ? { port: 7070 } : { scale: 4 };
      await write({ version: `broken${round}`, ...beside, more: { command: ['node', '-e', script] } });
      const { exitCode, all } = await itsup('broken', 'apply');
      expect(exitCode).toBe(1);
      expect(all).toContain('non-zero exit (3)');
      expect(all).toContain('no such luck');
      expect(await tasks()).toEqual(running);
      await write(before);
    });

    /** Whatever was done, what is deployed serves afterwards, in as many tasks as are wanted. */
    for (let round = 1; round <= ROLLOUTS; round += 1) {
      it.each(kinds)(`round ${round}: %s`, async (name, act) => {
        await act(round);
        expect(await page()).toBe(`${now.version} ${now.image === NEXT ? 'next' : 'first'}`);
        expect(await tasks()).toHaveLength(now.scale);
        await expectClean(`round ${round}, ${name}`);
      });
    }

    it('keeps what serves where the new one does not answer at the port of its row', async () => {
      const before = now;
      const running = await tasks();
      const environment = { VERSION: 'deaf', PORT: '7070' };
      await write({ port: 6060, scale: 4, more: { environment, healthcheck: { disable: true } } });
      const { exitCode, all } = await itsup('deaf', 'apply');
      expect(exitCode).toBe(1);
      expect(all).toContain('nothing answers at port 6060');
      expect(await tasks()).toEqual(running);
      await write(before);
      await expectClean('deaf');
    });

    it.each(KILLED_AT)('is ended by the next deploy where it was killed at %s', async (step) => {
      await write({ version: `killed at ${step}`, port: now.port === 8080 ? 9090 : 8080 });
      expect(await signalAtStep(workspace, app, step, 'SIGKILL')).toMatchObject({ killedBy: 'SIGKILL' });
      await sleep(2_000);
      succeeded(await itsup('resumed', 'apply'));
      expect(await page()).toContain(`killed at ${step}`);
      await expectClean(step);
    });
  },
);
