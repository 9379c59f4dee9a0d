import { stringify } from 'yaml';
import { describeWithImages } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { BUSYBOX } from '../harness/engine/images';
import { succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

/** Does not end by itself when it is asked to: its stop takes as long as it may. */
const DEAF = ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'];
const NAMES = ['a', 'b', 'c', 'd'];
const GRACE_SECONDS = 12;

describeWithImages([BUSYBOX], 'services of one project that do not need each other', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await createWorkspace();
  });
  afterAll(() => workspace.dispose());

  /** Seconds between the first and the last start of the new containers. */
  async function spread(name: string, options: string[]): Promise<number> {
    const project = workspace.name(name);
    const write = (value: string): Promise<void> =>
      workspace.write(
        `projects/${project}/docker-compose.yml`,
        stringify({
          services: Object.fromEntries(
            NAMES.map((service) => [
              service,
              {
                image: BUSYBOX,
                command: DEAF,
                environment: { V: value },
                stop_grace_period: `${GRACE_SECONDS}s`,
                healthcheck: { test: ['CMD', 'true'], interval: '1s' },
              },
            ]),
          ),
        }),
      );
    await write('1');
    succeeded(await workspace.nx(['deploy', project]));
    await write('2');
    expect(succeeded(await workspace.itsup(['plan', project])).all.match(/rollout/g)).toHaveLength(
      NAMES.length,
    );
    succeeded(await workspace.nx(['deploy', project, ...options]));
    const starts = (await containersOf(project)).map(({ startedAt }) => Date.parse(startedAt));
    expect(starts).toHaveLength(NAMES.length);
    return (Math.max(...starts) - Math.min(...starts)) / 1000;
  }

  it('are replaced side by side, not one after the stop of the other', async () => {
    expect(await spread('beside', [])).toBeLessThan(GRACE_SECONDS);
  });

  it('are replaced one after the other where that is asked for', async () => {
    expect(await spread('in-turn', ['--parallelServices=1'])).toBeGreaterThan(
      (NAMES.length - 1) * GRACE_SECONDS,
    );
  });
});
