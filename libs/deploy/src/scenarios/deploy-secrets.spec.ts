import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { DockerError } from '@itsup/docker';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deploy, outcomeOf, WEB } from '../testing/deploy-simulated';
import { planStacks } from '../commands/plan/plan-stacks';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

describe('a secret', () => {
  it('is hidden in what a failing container prints', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    await writeFile(path.join(simulated.root, 'secrets/shop.env'), 'PASSWORD="correct horse"\n');
    simulated.engine.addImage('broken', 'broken', 'exits');
    simulated.engine.logsOf = () => 'cannot log in with correct horse\n';
    simulated.setProject('shop', { web: { image: 'broken', environment: { PASSWORD: '${PASSWORD}' } } });
    const outcome = await outcomeOf(simulated, 'shop');
    expect(outcome.status).toBe('failed');
    expect(simulated.lines.join('\n')).toContain('cannot log in with ${PASSWORD}');
    expect(simulated.lines.join('\n') + JSON.stringify(outcome)).not.toContain('correct horse');
  });

  it('is decrypted only when its file changed', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    const file = path.join(simulated.root, 'secrets/shop.enc.env');
    await writeFile(file, 'PASSWORD=ENC[1]\nsops_version=3.9.0\n');
    simulated.engine.decrypted.set('secrets/shop.enc.env', 'PASSWORD=correct horse');
    simulated.setProject('shop', { web: { ...WEB, environment: { PASSWORD: '${PASSWORD}' } } });
    await deploy(simulated);
    expect(simulated.engine.running('shop', 'web')[0]?.environment).toEqual({ PASSWORD: 'correct horse' });
    const before = simulated.engine.decryptions;
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    expect(simulated.engine.decryptions).toBe(before);
    // Encrypted anew, as after a change of keys: looked at, and found to be the same.
    await writeFile(file, 'PASSWORD=ENC[2]\nsops_version=3.9.0\n');
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    expect(simulated.engine.decryptions).toBe(before + 1);
  });

  it('of the host that nobody can decrypt keeps no plan from an empty host, and every plan from a running one', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    await writeFile(path.join(simulated.root, 'secrets/itsup.enc.env'), 'sops_version=3.9.0\n');
    const docker = simulated.context().docker;
    const keyless = Object.create(docker) as typeof docker;
    const denied = new DockerError({
      code: 'decryption-failed',
      file: 'secrets/itsup.enc.env',
      reason: 'no key',
    });
    Object.defineProperty(keyless, 'host', { value: { decrypt: () => Promise.reject(denied) } });
    const plan = (over: Partial<typeof docker>) =>
      planStacks(
        { ...simulated.context(), docker: Object.assign(keyless, over) },
        { workspace: simulated.workspace(), stacks: [] },
      );
    await expect(plan({})).rejects.toMatchObject({ problems: [{ code: 'decryption-failed' }] });
    const down = new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'is it running?' });
    expect(await plan({ listContainers: () => Promise.reject(down) })).toMatchObject({
      engine: { reachable: false },
    });
  });

  it('that a file puts into a name is not shown by a plan, nor by an outcome', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    await writeFile(path.join(simulated.root, 'secrets/shop.env'), 'PASSWORD="correct-horse"\nNAME="shop"\n');
    simulated.engine.addImage('web:correct-horse', 'web');
    const named = { image: 'web:${PASSWORD}', container_name: 'shop-${PASSWORD}' };
    simulated.setProject('shop', { web: named });
    const down = new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'is it running?' });
    const docker = simulated.context().docker;
    const offline = Object.assign(Object.create(docker) as typeof docker, {
      listContainers: () => Promise.reject(down),
    });
    for (const each of [docker, offline]) {
      const { stacks, failed } = await planStacks(
        { ...simulated.context(), docker: each },
        { workspace: simulated.workspace(), stacks: ['shop'] },
      );
      expect(failed).toEqual([]);
      expect(stacks[0]).toMatchObject({
        stack: 'shop',
        services: [{ service: 'web', reasons: ['new service of web:${PASSWORD}'] }],
      });
      expect(JSON.stringify(stacks)).not.toContain('correct-horse');
    }
    const outcome = await outcomeOf(simulated, 'shop');
    expect(outcome.status).toBe('deployed');
    expect(JSON.stringify(outcome)).not.toContain('correct-horse');
    const folder = path.join(simulated.root, 'state/stacks/shop/records');
    for (const record of await readdir(folder)) {
      const text = await readFile(path.join(folder, record), { encoding: 'utf8' }).catch(() => '');
      expect(text).not.toContain('correct-horse');
    }
    simulated.setProject('shop', { web: { image: 'lost:${PASSWORD}', pull_policy: 'never' } });
    const refused = await planStacks(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: ['shop'],
    });
    expect(refused.failed[0]?.problems[0]?.message).toContain('lost:${PASSWORD}');
  });

  it('is in no file of the state folder, and noticed when it changed', async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    const secrets = path.join(simulated.root, 'secrets/shop.env');
    await writeFile(secrets, 'PASSWORD="correct horse"\nAUTH="battery staple"\n');
    simulated.setProject('shop', {
      web: { ...WEB, environment: { PASSWORD: '${PASSWORD}' }, labels: { auth: '${AUTH}' } },
    });
    await deploy(simulated);
    expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
    expect(simulated.engine.running('shop', 'web')[0]?.environment).toEqual({ PASSWORD: 'correct horse' });
    await writeFile(secrets, 'PASSWORD="tr0ub4dor"\nAUTH="battery staple"\n');
    expect((await outcomeOf(simulated, 'shop')).plan?.services[0]?.reasons).toEqual(['environment PASSWORD']);
    for (const entry of await readdir(path.join(simulated.root, 'state'), {
      recursive: true,
      withFileTypes: true,
    })) {
      if (!entry.isFile()) continue;
      const text = await readFile(path.join(entry.parentPath, entry.name), 'utf8');
      expect(text).not.toMatch(/correct horse|battery staple|tr0ub4dor/);
    }
  });
});
