import { rolloutSteps } from '@itsup/deploy';

import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { NODE } from '../harness/engine/images';
import { restartEngine } from '../harness/engine/own-engine';
import { RolledProject } from '../load';

/** As long as a package's upgrade leaves it away. */
const AWAY_MS = 3_000;

describeWithOwnEngine([NODE], 'an engine that restarts while its containers live on', () => {
  let project: RolledProject;

  beforeAll(async () => {
    project = await RolledProject.open();
  });
  afterAll(() => project?.close());

  /** What a deploy says when the engine forgot to go on with the health check of a container that was starting. */
  const forgotten = /is not healthy yet/;

  it.each(rolloutSteps)('at %s of a rollout loses nothing, and leaves nothing undone', async (step) => {
    await project.writeLabels();
    project.running.load.expectVersion(null);
    const deploy = project.apply();
    let isOver = false;
    void deploy.finally(() => (isOver = true));
    await project.reached(step, () => isOver);
    await restartEngine(AWAY_MS);
    const { exitCode, all } = await deploy;
    if (exitCode !== 0) expect(all).toMatch(forgotten);
    expect(project.running.failures()).toEqual({});
    await project.deploy();
  });
});
