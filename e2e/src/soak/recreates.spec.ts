import { describeWithProxy } from '../harness/engine/describe-with';
import { NODE } from '../harness/engine/images';
import { RolledProject, shortProfiles } from '../load';

/** Zero failures of this many leave 3 % as the bound of a recreate that loses something, with 95 % certainty. */
const RECREATES = Number(process.env['ITSUP_SOAK_RECREATES'] ?? 100);

describeWithProxy([NODE], `${RECREATES} recreates under load`, () => {
  let project: RolledProject;

  beforeAll(async () => {
    project = await RolledProject.open({}, { writable: true, listenAfterMs: 1_000 }, shortProfiles);
  });
  afterAll(() => project?.close());

  it('loses nothing, and carries out every POST exactly once', async () => {
    for (let round = 0; round < RECREATES; round += 1) {
      if (round % 3 === 0) await project.writeLabels();
      else await project.write({ listenAfterMs: 200 * (round % 10) });
      await project.deploy();
    }
    expect((await project.running.end()).failures).toEqual({});
  }, 7_200_000);
});
