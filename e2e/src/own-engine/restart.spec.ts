import { rolloutSteps } from '@itsup/deploy';

import { describeWithOwnEngine } from '../harness/describe-with';
import { NODE } from '../harness/images';
import { restartEngine } from '../harness/own-engine';
import { RolledProject } from '../load';

/** As long as a package's upgrade leaves it away. */
const AWAY_MS = 3_000;

describeWithOwnEngine([NODE], 'an engine that restarts while its containers live on', () => {
  let project: RolledProject;

  beforeAll(async () => {
    project = await RolledProject.open();
  });
  afterAll(() => project?.close());

  it.each(rolloutSteps)('at %s of a rollout changes nothing about its end', async (step) => {
    await project.writeLabels();
    await project.deploy(async () => {
      const deploy = project.apply();
      let isOver = false;
      void deploy.finally(() => (isOver = true));
      await project.reached(step, () => isOver);
      await restartEngine(AWAY_MS);
      return deploy;
    });
  });
});
