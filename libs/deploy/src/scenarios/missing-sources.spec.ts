import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { facts, outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
let context: string;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  context = path.join(simulated.root, 'projects/shop/web');
});
afterEach(() => simulated.dispose());

const built = (scale = 1) => ({ ...WEB, image: 'built:1', build: { context }, scale });
const missing = { status: 'failed', problems: [expect.objectContaining({ code: 'source-missing' })] };
const builds = (): string[] => simulated.engine.mutations.filter((one) => one.startsWith('build '));

function writeContext(): void {
  mkdirSync(context, { recursive: true });
  writeFileSync(path.join(context, 'Dockerfile'), 'FROM scratch\n');
}

it('refuses a build from a folder that went after a deploy, also where its image is there', async () => {
  writeContext();
  simulated.setProject('shop', { web: built() });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  rmSync(context, { recursive: true });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject(missing);
  expect(builds()).toEqual(['build web']);
  writeContext();
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
});

it('refuses a first build from a folder that is not there', async () => {
  simulated.setProject('shop', { web: built() });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject(missing);
  expect([...simulated.engine.containers.keys()]).toEqual([]);
});

it('tells, with a plan, where Docker would make a folder of what is to be a file', async () => {
  const place = { file: 'projects/shop/docker-compose.yml', line: 5, column: 9 };
  const bind = { use: 'mount' as const, attribute: 'volumes', base: 'projects/shop', place };
  const paths = [{ ...bind, path: './web.conf', target: '/etc/web.conf' }];
  simulated.setProject('shop', { web: WEB }, { compose: { ...facts('web'), paths } });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect(simulated.lines).toContainEqual(
    expect.stringContaining('docker-compose.yml:5: projects/shop/web.conf is not there'),
  );
});

it('asks for no folder of what is not built, since no container of it is wanted', async () => {
  simulated.setProject('shop', { web: built(0), other: WEB });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  expect(builds()).toEqual([]);
});

it('refuses what is mounted and nobody creates before it stops the one container that there can be', async () => {
  const source = path.join(simulated.root, 'projects/shop/data');
  const web = { ...WEB, container_name: 'web' };
  const bind = { create_host_path: false };
  const volumes = [{ type: 'bind' as const, source, target: '/data', bind }];
  simulated.setProject('shop', { web });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  const before = [...simulated.engine.mutations];
  simulated.setProject('shop', { web: { ...web, volumes } });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject(missing);
  expect(simulated.engine.mutations).toEqual(before);
  mkdirSync(source, { recursive: true });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'deployed' });
  // It runs on without it, as with Compose, until a container is to be made.
  rmSync(source, { recursive: true });
  expect(await outcomeOf(simulated, 'shop')).toMatchObject({ status: 'unchanged' });
});
