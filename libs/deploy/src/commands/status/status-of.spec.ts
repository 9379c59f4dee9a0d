import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeService, PacketRule } from '@itsup/docker';

import { acquireLock } from '../../state/lock';
import { SimulatedWorkspace } from '../../testing/simulated-workspace';
import { deployStacks } from '../deploy/deploy-stacks';
import { formatStatus } from '../../format/format-status';
import type { StackStatus } from '../../requests';
import { prune } from '../down/prune';
import { statusOf } from './status-of';

const WEB: ComposeService = { image: 'web:1', healthcheck: { test: ['CMD', 'true'] }, scale: 2 };

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', { web: WEB });
  simulated.setProxy({ dns: { image: 'dns:1', healthcheck: { test: ['CMD', 'true'] } } });
  await deployStacks(simulated.context(), { workspace: simulated.workspace() });
});

afterEach(() => simulated.dispose());

function all(): Promise<StackStatus[]> {
  return statusOf(simulated.context(), { workspace: simulated.workspace() });
}

async function shop(): Promise<StackStatus> {
  const [status] = await statusOf(simulated.context(), {
    workspace: simulated.workspace(),
    stacks: ['shop'],
  });
  if (status === undefined) throw new Error('shop has no status');
  return status;
}

describe('statusOf', () => {
  it('tells what runs and who deployed it last, from one listing and without Compose', async () => {
    const { engine } = simulated;
    const [listings, calls, changes] = [engine.listings, engine.composeCalls, engine.mutations.length];
    const statuses = await all();
    expect(statuses.map(({ stack, state, drift }) => [stack, state, drift])).toEqual([
      ['proxy', 'running', []],
      ['shop', 'running', []],
    ]);
    expect(statuses[1]).toMatchObject({
      services: [{ service: 'web', wanted: 2, containers: [{ health: 'healthy' }, { health: 'healthy' }] }],
      lastDeploy: { outcome: 'deployed', by: 'operator@host' },
      unfinished: null,
      lockedBy: null,
      packetFilter: null,
      stateFolder: null,
    });
    expect([engine.listings, engine.composeCalls, engine.mutations.length]).toEqual([
      listings + 1,
      calls,
      changes,
    ]);
  });

  it('tells degraded, stopped, absent, disabled and orphaned stacks apart', async () => {
    const [first, second] = simulated.engine.running('shop', 'web');
    if (first) simulated.engine.stop(first);
    expect((await shop()).state).toBe('degraded');
    if (second) simulated.engine.stop(second);
    expect((await shop()).state).toBe('stopped');
    simulated.setProject('blog', { web: WEB });
    simulated.setProject('wiki', { web: WEB }, { enabled: false });
    simulated.removeProject('shop');
    const states = Object.fromEntries((await all()).map(({ stack, state }) => [stack, state]));
    expect(states).toEqual({ proxy: 'running', blog: 'absent', wiki: 'disabled', shop: 'orphan' });
    await prune(simulated.context(), { workspace: simulated.workspace() });
    expect((await all()).map(({ stack }) => stack)).not.toContain('shop');
  });

  it('names who deploys right now, and a deploy that was killed', async () => {
    const stacks = path.join(simulated.root, 'state/stacks/shop');
    const journal = { version: 1, command: 'deploy', startedAt: '2026-01-01T00:00:00Z', steps: [] };
    await writeFile(path.join(stacks, 'journal.json'), JSON.stringify(journal));
    expect((await shop()).unfinished).toBe('deploy of 2026-01-01T00:00:00Z');
    const { system } = simulated.context();
    const lock = await acquireLock({
      file: path.join(stacks, 'lock'),
      what: 'stack shop',
      command: 'deploy',
      waitMs: 0,
      system,
    });
    simulated.engine.running('shop', 'web').forEach((one) => simulated.engine.containers.delete(one.id));
    const [status] = await statusOf(simulated.context({ alive: [system.pid] }), {
      workspace: simulated.workspace(),
      stacks: ['shop'],
    });
    expect(status).toMatchObject({ unfinished: null, drift: [] });
    expect(status?.lockedBy).toContain(`pid ${system.pid}`);
    await lock.release();
  });
});

describe('drift', () => {
  async function messages(): Promise<string[]> {
    return (await shop()).drift.map(({ message }) => message);
  }

  it('is a container that is gone, and one that nobody knows', async () => {
    const [first] = simulated.engine.running('shop', 'web');
    simulated.engine.containers.delete(first?.id ?? '');
    expect(await messages()).toEqual(['web: 1 of 2 gone']);
    const model = { name: 'shop', services: { web: WEB } };
    const stack = { project: 'shop', files: [], cwd: '/', env: {} };
    simulated.engine.start(simulated.engine.addReplica(stack, 'web', model, 7));
    expect(await messages()).toEqual(['web: 1 of 2 gone', 'web: shop-web-7 was not made by the last deploy']);
  });

  it('is a tag that names another image by now', async () => {
    simulated.engine.addImage('web:1', 'newer');
    expect(await messages()).toEqual([
      'web: web:1 names another image by now than shop-web-1 runs',
      'web: web:1 names another image by now than shop-web-2 runs',
    ]);
  });

  it('is a file that changed, and a mounted one that is gone', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    await writeFile(path.join(simulated.root, 'secrets/shop.env'), 'A=1\n');
    await deployStacks(simulated.context(), { workspace: simulated.workspace() });
    expect(await messages()).toEqual([]);
    await appendFile(path.join(simulated.root, 'secrets/shop.env'), 'B=2\n');
    await appendFile(simulated.composeFile('shop'), ' ');
    expect(await messages()).toEqual([
      'secrets/shop.env changed since the last deploy',
      'upstream/shop/docker-compose.ingress.yml changed since the last deploy',
    ]);
  });

  it('is below the services, with what to do about it', async () => {
    const [first] = simulated.engine.running('shop', 'web');
    simulated.engine.containers.delete(first?.id ?? '');
    await appendFile(simulated.composeFile('shop'), ' ');
    const lines = formatStatus([await shop()], simulated.clock.now()).split('\n');
    expect(lines[0]).toMatch(/^shop +\w+ +deployed/);
    expect(lines[1]).toMatch(/^ {2}web +1\/2 +healthy, up 1 second +web:1$/);
    expect(lines).toContain('  ! upstream/shop/docker-compose.ingress.yml changed since the last deploy');
    expect(lines.at(-1)).toBe('  ! what a deploy would do about it: itsup plan shop');
  });
});

describe('packet filter rules of ours', () => {
  it('are named with the proxy', async () => {
    const rule: Omit<PacketRule, 'comment'> = { family: 'ipv4', table: 'nat', chain: 'OUTPUT', args: [] };
    simulated.engine.packetRules.push(
      { ...rule, comment: 'itsup:dns:ask:udp' },
      { ...rule, comment: 'itsup:handover:redirect:8080/tcp' },
      { ...rule, comment: 'docker' },
    );
    const statuses = await all();
    expect(statuses[0]?.packetFilter).toEqual({
      reason: null,
      rules: [
        { name: 'itsup:dns:ask:udp', family: 'ipv4', table: 'nat', chain: 'OUTPUT' },
        { name: 'itsup:handover:redirect:8080/tcp', family: 'ipv4', table: 'nat', chain: 'OUTPUT' },
      ],
    });
  });
});
