import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readWorkspace } from '@itsup/config';
import { createSystem, deployStacks, openState } from '@itsup/deploy';
import { sampleOf } from '../measure';
import type { TreeOptions } from '@itsup/e2e/generated-tree';
import { benchWorkspace, type BenchWorkspace } from '../workspace';
import { SimulatedDocker } from './simulated-docker';

const COMMAND = join(__dirname, '../../simulated-docker/docker.js');

/**
 * A workspace all of whose stacks run on a simulated engine, deployed there by the deploy layer itself. Its commands
 * find a `docker` that answers for that engine, and everything that is cached.
 */
export async function deployedWorkspace(tree: TreeOptions): Promise<BenchWorkspace> {
  const workspace = await benchWorkspace('itsup', tree);
  const bin = join(dirname(workspace.root), 'bin');
  workspace.env['PATH'] = `${bin}:${workspace.env['PATH'] ?? ''}`;
  await mkdir(bin);
  await copyFile(COMMAND, join(bin, 'docker'));
  await chmod(join(bin, 'docker'), 0o755);
  await sampleOf(workspace.nx(['run-many', '-t', 'validate']));
  const docker = new SimulatedDocker(workspace.state);
  const { outcomes } = await deployStacks(
    {
      root: workspace.root,
      state: openState(workspace.state),
      docker: docker.asDocker(),
      env: workspace.env,
      system: { ...createSystem(), sleep: () => Promise.resolve() },
      reporter: { line: () => undefined },
    },
    { workspace: await readWorkspace(workspace.root) },
  );
  const failed = outcomes.find(({ problems }) => problems.some(({ severity }) => severity === 'error'));
  if (failed !== undefined) {
    throw new Error(
      `${failed.stack} is ${failed.status}: ${failed.problems.map(({ message }) => message).join()}`,
    );
  }
  await writeFile(join(bin, 'containers.json'), JSON.stringify(docker.containers));
  return workspace;
}
