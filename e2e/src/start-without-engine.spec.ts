import { rm } from 'node:fs/promises';
import { EXAMPLES } from './harness/workspace/examples';
import { pathWithoutDocker } from './harness/engine/path-without-docker';
import { succeeded } from './harness/run';
import { createWorkspace, type TestWorkspace } from './harness/workspace/workspace';

describe('npm start on a machine without a Docker engine', () => {
  let workspace: TestWorkspace;
  let bin: string;

  beforeAll(async () => {
    workspace = await createWorkspace({ projects: EXAMPLES });
    bin = `${workspace.root}.bin`;
  });
  afterAll(async () => {
    await workspace.dispose();
    await rm(bin, { recursive: true, force: true });
  });

  it.each([
    ['no docker command', async () => ({ PATH: await pathWithoutDocker(bin) })],
    ['an engine that does not answer', async () => ({ DOCKER_HOST: 'unix:///nonexistent/docker.sock' })],
  ])('validates everything and shows the plan: %s', async (_, environment) => {
    const { all, stdout } = succeeded(await workspace.npm(['start'], { env: await environment() }));
    for (const example of EXAMPLES) expect(all).toContain(workspace.name(example));
    expect(all).toMatch(/web +create/);
    // The last line says how to get what is missing.
    const [what, cure] = stdout.trim().split('\n').slice(-2);
    expect(what).toMatch(/^nothing was deployed: \S/);
    expect(cure).toMatch(/^ {2}help: (install|start) /);
    expect((await workspace.git(['status', '--porcelain'])).stdout).toBe('');
  });
});
