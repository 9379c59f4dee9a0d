import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { DockerError, type Hook } from '@itsup/docker';

import { deployStacks } from '../commands/deploy/deploy-stacks';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import type { FailureAlert } from './failure-alert';

const BROKEN = { image: 'broken' };

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.engine.addImage('broken', 'broken', 'exits');
  simulated.setProject('shop', { web: BROKEN });
});
afterEach(() => simulated.dispose());

/** Deploys everything; resolves with what the alert's command was run with. */
async function hooksOf(alertCommand: string | undefined, result: () => Promise<unknown>): Promise<Hook[]> {
  const hooks: Hook[] = [];
  simulated.engine.runHook = async (hook: Hook) => {
    hooks.push(hook);
    return (await result()) as { exitCode: number; lastLine: string };
  };
  const workspace = simulated.workspace();
  await deployStacks(simulated.context(), {
    workspace: {
      ...workspace,
      settings: { ...workspace.settings, ...(alertCommand === undefined ? {} : { alertCommand }) },
    },
    stacks: ['shop'],
    commit: 'abc',
  });
  return hooks;
}

const well = async (): Promise<unknown> => ({ exitCode: 0, lastLine: '' });

describe('sendAlert', () => {
  it("runs the operator's command with the record of what failed and the host's secrets", async () => {
    await mkdir(path.join(simulated.root, 'secrets'));
    await writeFile(path.join(simulated.root, 'secrets/itsup.env'), 'TOPIC=mine');
    await writeFile(path.join(simulated.root, 'secrets/shop.env'), 'PASSWORD=hunter22');
    const [hook, ...more] = await hooksOf('notify', well);
    expect(more).toEqual([]);
    expect(hook).toMatchObject({
      command: 'notify',
      env: { TOPIC: 'mine', ITSUP_SUBJECT: expect.stringMatching(/^deploy failed on .*: shop$/) },
    });
    expect(hook?.env).not.toHaveProperty('PASSWORD');
    const alert = JSON.parse(hook?.input ?? '') as FailureAlert;
    expect(alert).toMatchObject({
      commit: 'abc',
      stacks: [{ stack: 'shop', status: 'failed', record: { stack: 'shop', outcome: 'failed' } }],
    });
  });

  it('stays quiet when all went well, and without a command', async () => {
    expect(await hooksOf(undefined, well)).toEqual([]);
    simulated.setProject('shop', { web: { image: 'web:1' } });
    expect(await hooksOf('notify', well)).toEqual([]);
  });

  it.each([
    ['ends with an error', async () => ({ exitCode: 7, lastLine: 'no route' }), 'it ended with 7: no route'],
    [
      'does not end',
      async () => Promise.reject(new DockerError({ code: 'timeout', command: 'notify', seconds: 60 })),
      '"notify" did not end within 60 s',
    ],
  ])('only notes that the command %s', async (_, result, why) => {
    await hooksOf('notify', result);
    expect(simulated.lines).toContain(`: note: the command of alert.command failed, nobody was told: ${why}`);
  });

  it('tells why a deploy did not begin', async () => {
    const hooks: Hook[] = [];
    simulated.engine.runHook = async (hook: Hook) => {
      hooks.push(hook);
      return { exitCode: 0, lastLine: '' };
    };
    const docker = simulated.engine.docker();
    docker.listContainers = () =>
      Promise.reject(new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'refused' }));
    const workspace = simulated.workspace();
    const settings = { ...workspace.settings, alertCommand: 'notify' };
    await expect(
      deployStacks(simulated.context({ docker }), { workspace: { ...workspace, settings } }),
    ).rejects.toMatchObject({ code: 'engine-unreachable' });
    expect(hooks.map(({ env }) => env['ITSUP_TEXT'])).toEqual([
      expect.stringMatching(/no Docker engine answers.*\n {2}start it/),
    ]);
  });
});
