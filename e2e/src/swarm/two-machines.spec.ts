import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';

import { describeOnOwnSwarm } from '../harness/engine/describe-with';
import { NODE, PROXY_IMAGES } from '../harness/engine/images';
import { missingRegistry, startRegistry, type Registry } from '../harness/engine/registry';
import { eventually } from '../harness/eventually';
import { output, succeeded, type Run } from '../harness/run';
import { http } from '../harness/traffic/clients';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { failuresOf, startLoad, type Load, type Tally } from '../load';
import { startOtherMachine, type OtherMachine } from './other-machine';
import { ADDRESS, containersOfService, DEPLOY_MS, endSwarm, makeSwarm } from './own-swarm';

/** Says who it is, after a moment; dies at its stop signal. */
const SERVER = `
const { createHash } = require('crypto');
require('http').createServer((q, a) => {
  const hash = createHash('sha256');
  const say = () => a.end(q.method === 'POST' ? hash.digest('hex') : require('os').hostname());
  q.on('data', (part) => hash.update(part)).on('end', () => setTimeout(say, 50));
}).listen(8080, () => require('fs').writeFileSync('/tmp/up', ''));
`;

/** The engine takes a machine for lost after some 15 s without a word of it; busy, it takes longer. */
const LOST_MS = 120_000;

describeOnOwnSwarm(
  [NODE, ...PROXY_IMAGES],
  `a swarm of two machines${missingRegistry === null ? '' : ` (left out: ${missingRegistry})`}`,
  () => {
    const test = missingRegistry === null ? it : it.skip;
    let workspace: TestWorkspace;
    let app: string;
    let store: string;
    let other: OtherMachine;
    let registry: Registry;
    let image: string;
    let next: string;
    let here: string;

    beforeAll(async () => {
      if (missingRegistry !== null) return;
      workspace = await createWorkspace({ settings: { engine: 'swarm' } });
      app = workspace.name('app');
      store = workspace.name('store');
      registry = await startRegistry(`${ADDRESS}:5000`);
      image = await registry.push(NODE, 'app:1', 'ENV RELEASE=first');
      next = await registry.push(NODE, 'app:2', 'ENV RELEASE=next');
      await makeSwarm(workspace);
      other = await startOtherMachine('beta', 2);
      here = (
        await output('docker', ['node', 'inspect', 'self', '--format', '{{.Description.Hostname}}'])
      ).trim();
    });
    afterAll(async () => {
      await workspace?.itsup(['down', app]);
      await workspace?.itsup(['down', store]);
      await other?.end();
      await workspace?.dispose();
      await endSwarm();
      await registry?.stop();
    });

    async function write(web: Record<string, unknown> = {}): Promise<void> {
      const service = {
        ...{ image, init: true, restart: 'always', command: ['node', '-e', SERVER], scale: 2 },
        stop_grace_period: '1s',
        healthcheck: { test: ['CMD', 'test', '-e', '/tmp/up'], interval: '4s', timeout: '60s', retries: 10 },
        ...web,
      };
      await workspace.write(`projects/${app}/docker-compose.yml`, stringify({ services: { web: service } }));
      const ingress = [{ service: 'web', domain: 'app.localhost', port: 8080 }];
      await workspace.write(`projects/${app}/ingress.yml`, stringify({ ingress }));
    }

    /** A service whose volume is on one machine. */
    async function writeStore(version = '1'): Promise<void> {
      const db = {
        ...{
          image,
          init: true,
          restart: 'always',
          stop_grace_period: '1s',
          environment: { VERSION: version },
        },
        command: ['sh', '-c', 'date >> /data/starts; exec sleep 1000000'],
        volumes: ['data:/data'],
      };
      await workspace.write(
        `projects/${store}/docker-compose.yml`,
        stringify({ services: { db }, volumes: { data: {} } }),
      );
    }

    const itsup = (...words: string[]): Promise<Run> => workspace.itsup(words, { timeoutMs: DEPLOY_MS });

    const load = (): Load => {
      const origin = `https://127.0.0.1:${workspace.ports.webSecure}`;
      const shared = { kind: 'http' as const, origin, host: 'app.localhost', timeoutMs: 30_000 };
      return startLoad([
        { ...shared, name: 'kept', keepAlive: true, perSecond: 20 },
        { ...shared, name: 'new', keepAlive: false, perSecond: 5 },
        { ...shared, name: 'posts', method: 'POST', keepAlive: true, perSecond: 10 },
      ]);
    };

    const sentOf = (tallies: Record<string, Tally>): number =>
      Object.values(tallies).reduce((sum, { sent }) => sum + sent, 0);
    const report = (what: string, tallies: Record<string, Tally>): void => {
      const reasons = Object.values(tallies).map(({ failures }) => failures);
      const slowest = Math.max(...Object.values(tallies).map(({ latency }) => latency.max));
      process.stdout.write(
        `${what}: ${failuresOf(tallies)} of ${sentOf(tallies)} failed ${JSON.stringify(reasons)}, slowest ${slowest} ms\n`,
      );
    };

    /** Machines that answer, as the swarm calls them. */
    async function answering(): Promise<string[]> {
      const local = await containersOfService(app, 'web');
      const seen = new Set<string>();
      for (let asked = 0; asked < 12; asked += 1) {
        const { status, body } = await http({
          ...{ port: workspace.ports.webSecure, tls: true, host: 'app.localhost' },
        });
        expect(status).toBe(200);
        seen.add(local.some((id) => id.startsWith(body)) ? here : other.name);
      }
      return [...seen].sort();
    }

    interface Node {
      name: string;
      role: string;
      state: string;
      availability: string;
      tasks: number;
      data: string[];
    }
    async function nodes(): Promise<Record<string, Node>> {
      const listed = JSON.parse((await itsup('swarm', 'status', '--json')).stdout) as Node[];
      return Object.fromEntries(listed.map((node) => [node.name, node]));
    }
    /** The loss of either machine leaves a task. */
    async function expectSpread(): Promise<void> {
      const machines = await output('docker', [
        ...['service', 'ps', `${app}_web`, '--filter', 'desired-state=running', '--format', '{{.Node}}'],
      ]);
      expect([...new Set(machines.split('\n'))].sort()).toEqual([here, other.name].sort());
    }
    const untilNode = (expected: Partial<Node>): Promise<void> =>
      eventually(async () => expect((await nodes())[other.name]).toMatchObject(expected), {
        ...{ timeoutMs: LOST_MS, everyMs: 1000 },
      });

    test('brings another machine in by the command that it is told', async () => {
      const { stdout } = succeeded(await itsup('swarm', 'join-command'));
      succeeded(await other.shell(stdout.trim()));
      await untilNode({ role: 'worker', state: 'ready', availability: 'active', tasks: 0 });
      expect((await itsup('swarm', 'status')).all).toMatch(/beta +worker/);
    });

    test('refuses an image that the other machine could not have, before anything is touched', async () => {
      await write({ image: NODE });
      const { exitCode, all } = await itsup('deploy', app);
      expect(exitCode).toBe(1);
      expect(all).toContain('no registry has the image of web');
      expect(await output('docker', ['service', 'ls', '--quiet'])).toBe('');
    });

    test('spreads the tasks, and one edge leads to both', async () => {
      await write();
      succeeded(await itsup('deploy'));
      await eventually(async () => expect(await answering()).toEqual([here, other.name].sort()), {
        timeoutMs: 30_000,
      });
      expect((await itsup('status', app)).all).toContain(`on ${other.name}`);
      expect(await nodes()).toMatchObject({ [here]: { tasks: 1 }, [other.name]: { tasks: 1 } });
    });

    test.each([
      ['an image', { image: 'next' }],
      ['more tasks', { image: 'next', scale: 4 }],
      ['fewer tasks', { image: 'next', scale: 2 }],
    ])('replaces tasks on both behind a bridge: %s', async (what, change) => {
      const running = load();
      await sleep(1000);
      await write({ ...change, image: next });
      const deployed = await itsup('deploy', app);
      await sleep(1000);
      const tallies = await running.stop();
      report(what, tallies);
      succeeded(deployed);
      expect(failuresOf(tallies)).toBe(0);
      expect(await output('docker', ['service', 'ls', '--format', '{{.Name}}'])).toBe(`${app}_web`);
      await expectSpread();
    });

    test('says on a worker that it is one', async () => {
      const env = { DOCKER_HOST: other.engine };
      const { exitCode, all } = await workspace.itsup(['plan', app], { env });
      expect(exitCode).toBe(1);
      expect(all).toContain('this machine is a worker of its swarm');
    });

    test('refuses a deploy from another manager, which would have a state of its own', async () => {
      await output('docker', ['node', 'promote', other.name]);
      const before = await output('docker', ['service', 'inspect', `${app}_web`]);
      const env = { DOCKER_HOST: other.engine, ITSUP_STATE: `${workspace.state}-of-${other.name}` };
      await eventually(
        async () => {
          const { exitCode, all } = await workspace.itsup(['deploy', app], { env, timeoutMs: DEPLOY_MS });
          expect(all).toContain('that this workspace did not deploy (web)');
          expect(exitCode).toBe(1);
        },
        { timeoutMs: LOST_MS },
      );
      expect(await output('docker', ['service', 'inspect', `${app}_web`])).toBe(before);
      // The loss of one of two managers would be that of the swarm.
      await output('docker', ['node', 'demote', other.name]);
      await untilNode({ role: 'worker', state: 'ready' });
      await rm(env.ITSUP_STATE, { recursive: true, force: true });
    });

    test('keeps data on its machine, and says what stops where that is drained', async () => {
      await writeStore();
      succeeded(await itsup('deploy', store));
      expect((await nodes())[here]).toMatchObject({ data: [store] });
      const refused = await itsup('swarm', 'drain', here);
      expect(refused.exitCode).toBe(1);
      expect(refused.all).toContain(`${here} has the data of ${store}`);
    });

    test('drain: the tasks go to the other machine, and hardly anybody notices', async () => {
      const running = load();
      await sleep(1000);
      succeeded(await itsup('swarm', 'drain', other.name));
      await untilNode({ availability: 'drain', tasks: 0 });
      await eventually(async () => expect(await containersOfService(app, 'web')).toHaveLength(2), {
        timeoutMs: LOST_MS,
      });
      await sleep(2000);
      const tallies = await running.stop();
      report('drain', tallies);
      // The engine's two seconds wait for nobody: on a busy machine Traefik can hear of it later.
      expect(failuresOf(tallies)).toBeLessThanOrEqual(sentOf(tallies) / 100);
      expect(await answering()).toEqual([here]);
      expect((await itsup('plan')).all).toContain('without a change');
    });

    test('activate: it works again with the next deploy', async () => {
      succeeded(await itsup('swarm', 'activate', other.name));
      await untilNode({ state: 'ready', availability: 'active' });
      await write();
      succeeded(await itsup('deploy', app));
      await expectSpread();
    });

    test('a machine that is lost: what was under way there fails, and nothing else', async () => {
      await write({ scale: 4, image });
      succeeded(await itsup('deploy', app));
      expect(await answering()).toEqual([here, other.name].sort());
      const running = load();
      await sleep(2000);
      await other.unplug();
      const before = running.tallies();
      await sleep(20_000);
      const after = running.tallies();
      const during = sentOf(after) - sentOf(before);
      await untilNode({ state: 'down' });
      const later = load();
      await sleep(10_000);
      const rest = await later.stop();
      const all = await running.stop();
      report(`a machine lost (${during} requests in the first 20 s)`, all);
      report('afterwards', rest);
      expect(failuresOf(all)).toBeLessThanOrEqual(during / 100);
      expect(failuresOf(rest)).toBe(0);
      await eventually(async () => expect(await containersOfService(app, 'web')).toHaveLength(4), {
        timeoutMs: LOST_MS,
      });
    });

    test('deploys while the machine is away', async () => {
      const running = load();
      await write({ image: next });
      const deployed = await itsup('deploy', app);
      const tallies = await running.stop();
      report('a deploy with a machine lost', tallies);
      succeeded(deployed);
      expect(failuresOf(tallies)).toBe(0);
      expect((await itsup('swarm', 'status')).all).toMatch(/beta +worker.*down/);
    });

    test('takes the machine back', async () => {
      await other.plugIn();
      await untilNode({ state: 'ready', availability: 'active' });
      await write({ image, scale: 4 });
      succeeded(await itsup('deploy', app));
      expect(await answering()).toContain(here);
    });
  },
);
