import type { ComposeService, Docker } from '@itsup/docker';
import { DockerError } from '@itsup/docker';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';

const web = (image: string): Record<string, ComposeService> => ({
  web: { image, healthcheck: { test: ['CMD', 'true'] } },
});

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', web('web:1'));
  await deploy(simulated.engine.docker());
  simulated.setProject('shop', web('web:2'));
  let reached = false;
  const request = { workspace: simulated.workspace(), stacks: ['shop'] };
  const run = deployStacks(simulated.context(), request, (moment, step) => {
    if (moment !== 'before' || step !== 'wait-healthy') return undefined;
    reached = true;
    return new Promise(() => undefined);
  });
  const arrived = async (): Promise<void> => {
    while (!reached) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await Promise.race([run, arrived()]);
});
afterEach(() => simulated.dispose());

async function deploy(docker: Docker) {
  const request = { workspace: simulated.workspace(), stacks: ['shop'] };
  return (await deployStacks(simulated.context({ docker }), request)).outcomes[0];
}

/** An engine that cannot remove a container the first time it is asked to: the recovery fails. */
function stubborn(): Docker {
  const docker = simulated.engine.docker();
  let refused = false;
  const remove: Docker['remove'] = (ids, options) => {
    if (refused) return docker.remove(ids, options);
    refused = true;
    const fault = {
      code: 'command-failed',
      command: 'docker rm',
      exitCode: 1,
      stderr: 'device busy',
    } as const;
    return Promise.reject(new DockerError(fault));
  };
  const refusing: Docker = Object.assign(Object.create(docker) as Docker, { remove, with: () => refusing });
  return refusing;
}

describe('a recovery that fails', () => {
  it('refuses a deploy that leaves the service as it is, with the way out', async () => {
    simulated.setProject('shop', web('web:1'));
    const outcome = await deploy(stubborn());
    expect(outcome).toMatchObject({ status: 'failed', problems: [{ code: 'recovery-failed' }] });
    expect(outcome?.problems[0]?.help).toMatch(/deploy a version of web that works: itsup deploy shop/);
    expect(await deploy(simulated.engine.docker())).toMatchObject({ problems: [] });
  });

  it('lets a version be deployed that replaces the service', async () => {
    simulated.setProject('shop', web('web:3'));
    expect(await deploy(stubborn())).toMatchObject({ status: 'deployed', problems: [] });
    expect(simulated.engine.running('shop', 'web').map(({ reference }) => reference)).toEqual(['web:3']);
    expect(simulated.engine.containers.size).toBe(1);
    expect(await deploy(simulated.engine.docker())).toMatchObject({ status: 'unchanged' });
  });
});
