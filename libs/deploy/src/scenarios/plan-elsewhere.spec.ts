import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { StackPlan } from '../plan/model';
import { deploy, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { planStacks } from '../commands/plan/plan-stacks';

let simulated: SimulatedWorkspace;
/** A second checkout of the same sources. */
let checkout: string;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  checkout = await realpath(await mkdtemp(path.join(os.tmpdir(), 'itsup-checkout-')));
  write(simulated.root, 'projects/shop/nginx.conf', 'listen 80;');
  write(simulated.root, 'projects/shop/local.conf', 'ignored by git');
  write(simulated.root, 'projects/shop/web/Dockerfile', 'FROM busybox');
  const inProject = (name: string) => path.join(simulated.root, 'projects/shop', name);
  simulated.setProject('shop', {
    web: {
      ...WEB,
      volumes: [
        { type: 'bind', source: inProject('nginx.conf'), target: '/etc/nginx.conf', read_only: true },
        { type: 'bind', source: inProject('local.conf'), target: '/etc/local.conf' },
        { type: 'bind', source: inProject('data'), target: '/data', read_only: true },
      ],
    },
    built: { image: 'built:1', build: { context: inProject('web') }, healthcheck: WEB.healthcheck },
  });
  await deploy(simulated);
  cpSync(simulated.root, checkout, { recursive: true, filter: (file) => !file.startsWith(stateOf()) });
  rmSync(path.join(checkout, 'projects/shop/local.conf'));
  const artifact = 'upstream/shop/docker-compose.yml';
  const text = readFileSync(path.join(simulated.root, artifact), 'utf8');
  write(checkout, artifact, text.replaceAll(simulated.root, checkout));
});

afterEach(async () => {
  await simulated.dispose();
  await rm(checkout, { recursive: true });
});

describe('a plan from another checkout than the one that the host is deployed from', () => {
  it('finds nothing changed where only the paths differ, and says what it took for granted', async () => {
    expect(await plan()).toMatchObject({
      unchanged: true,
      services: [
        { service: 'built', action: 'none', reasons: [] },
        { service: 'web', action: 'none', reasons: [] },
      ],
    });
    expect(simulated.lines).toContain(`: planned as if this checkout stood at ${simulated.root}`);
  });

  it('finds what this checkout changes: a mounted file, a build context, a setting', async () => {
    write(checkout, 'projects/shop/nginx.conf', 'listen 8080;');
    write(checkout, 'projects/shop/web/Dockerfile', 'FROM alpine');
    const artifact = path.join(checkout, 'upstream/shop/docker-compose.ingress.yml');
    writeFileSync(artifact, readFileSync(artifact, 'utf8').replace('"LEVEL": "info"', '"LEVEL": "debug"'));
    const { services } = await plan();
    expect(services).toMatchObject([
      { service: 'built', build: true },
      { service: 'web', reasons: ['environment LEVEL', 'file projects/shop/nginx.conf'] },
    ]);
  });

  it('does not see what the recorded checkout changed and this one did not', async () => {
    write(simulated.root, 'projects/shop/nginx.conf', 'listen 8080;');
    expect((await plan()).unchanged).toBe(true);
  });

  it('is of the new paths when it is to take over', async () => {
    const { services } = await plan({ adopt: true });
    expect(services.map(({ service, action }) => [service, action])).toContainEqual(['web', 'recreate']);
  });

  it('changes nothing, and no deploy follows from there', async () => {
    const before = simulated.engine.mutations.length;
    await plan();
    const context = simulated.context({ root: checkout });
    await expect(deployStacks(context, { workspace: simulated.workspace() })).rejects.toThrow(
      /is deployed from/,
    );
    expect(simulated.engine.mutations).toHaveLength(before);
  });
});

async function plan(change: { adopt?: boolean } = {}): Promise<StackPlan> {
  const context = simulated.context({ root: checkout });
  const request = { workspace: simulated.workspace(), stacks: ['shop'], ...change };
  const { stacks, failed } = await planStacks(context, request);
  expect(failed).toEqual([]);
  const [shop] = stacks;
  if (shop === undefined) throw new Error('shop has no plan');
  return shop;
}

function stateOf(): string {
  return path.join(simulated.root, 'state');
}

function write(root: string, file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}
