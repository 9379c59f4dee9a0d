import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeService } from '@itsup/docker';

import { ownerLine, pinFileName } from '@itsup/rollout';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { downStacks } from '../commands/down/down-stacks';
import { prune } from '../commands/down/prune';

const HEALTHCHECK = { test: ['CMD', 'true'] };
const web = (image: string): Record<string, ComposeService> => ({
  web: { image, healthcheck: HEALTHCHECK },
});

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject('shop', web('web:1'));
  simulated.setProject('shop-web', web('web:1'));
  await deploy(['shop', 'shop-web']);
});
afterEach(() => simulated.dispose());

function deploy(stacks: string[], change: Parameters<SimulatedWorkspace['context']>[0] = {}) {
  return deployStacks(simulated.context(change), { workspace: simulated.workspace(), stacks });
}

const folder = (): string => path.join(simulated.root, 'state/traefik/dynamic');

async function pins(): Promise<string[]> {
  return (await readdir(folder())).filter((name) => name.startsWith('rollout-')).sort();
}

/** As a rollout writes it, with addresses that somebody else may have by now. */
async function leavePin(project: string, service: string): Promise<void> {
  await mkdir(folder(), { recursive: true });
  const marker = `rollout-${project}-${service}-0123456789abcdef`;
  const text = `${ownerLine({ project, service })}\nhttp:\n  middlewares:\n    ${marker}:\n      stripPrefix: {prefixes: [/x]}\n`;
  await writeFile(path.join(folder(), pinFileName(project, service)), text);
}

/** A deploy that is killed when it waits for the new container of `shop`, and the pin that it left. */
async function killedRollout(): Promise<void> {
  simulated.setProject('shop', web('web:2'));
  let reached = false;
  const run = deployStacks(
    simulated.context(),
    { workspace: simulated.workspace(), stacks: ['shop'] },
    (moment, step) => {
      if (moment !== 'before' || step !== 'wait-healthy') return undefined;
      reached = true;
      return new Promise(() => undefined);
    },
  );
  const arrived = async (): Promise<void> => {
    while (!reached) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  await Promise.race([run, arrived()]);
  await leavePin('shop', 'web');
}

describe('the pin of a rollout that was killed', () => {
  it.each(['down', 'enabled: false', 'prune'])('goes with %s, and so do the containers', async (way) => {
    await killedRollout();
    const request = { workspace: simulated.workspace(), stacks: ['shop'] };
    if (way === 'down') await downStacks(simulated.context(), request);
    else if (way === 'prune') {
      simulated.removeProject('shop');
      await prune(simulated.context(), { workspace: simulated.workspace() });
    } else {
      simulated.setProject('shop', web('web:2'), { enabled: false });
      await deploy(['shop']);
    }
    expect(await pins()).toEqual([]);
    expect([...simulated.engine.containers.values()].map(({ project }) => project)).toEqual(['shop-web']);
  });

  it('goes with `down` when nobody left anything else', async () => {
    await killedRollout();
    simulated.engine.containers.clear();
    await downStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop'] });
    expect(await pins()).toEqual([]);
  });

  it('goes with the recovery while no Traefik runs: it would override the labels of one that comes back', async () => {
    await killedRollout();
    const { outcomes } = await deploy(['shop']);
    expect(outcomes).toMatchObject([{ status: 'deployed', problems: [] }]);
    expect(await pins()).toEqual([]);
    // Not by the sweep at the end: the labels have to serve at once.
    expect(simulated.lines.join('\n')).not.toContain('removed the route file');
  });
});

describe('the end of a deploy', () => {
  it('sweeps pins that no journal and no running deploy knows of', async () => {
    await leavePin('shop', 'web-api');
    await leavePin('gone', 'web');
    await deploy(['shop-web']);
    expect(await pins()).toEqual([]);
    expect(simulated.lines.join('\n')).toContain('removed the route file rollout-gone-web.yml');
    expect(await readdir(path.join(simulated.root, 'state/stacks'))).toEqual(['shop', 'shop-web']);
  });

  it('keeps those of another stack that was killed or is being deployed', async () => {
    await killedRollout();
    await deploy(['shop-web']);
    expect(await pins()).toEqual(['rollout-shop-web.yml']);
    const alive = simulated.lastPid() - 1;
    await deploy(['shop-web'], { alive: [alive] });
    expect(await pins()).toEqual(['rollout-shop-web.yml']);
  });

  it('takes none of a project whose name begins alike', async () => {
    await killedRollout();
    await downStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['shop-web'] });
    expect(await pins()).toEqual(['rollout-shop-web.yml']);
  });
});
