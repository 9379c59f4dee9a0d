import { DockerError, type Docker } from '@itsup/docker';

import { deployStacks } from '../commands/deploy/deploy-stacks';
import { planStacks } from '../commands/plan/plan-stacks';
import type { StackPlan } from '../plan/model';
import { PROXY_STACK, type WorkspacePlan } from '../requests';
import { DB, facts, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

const STACKS = [PROXY_STACK, 'shop', 'site'];

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProxy({
    dockerproxy: { image: 'socket-proxy:1', healthcheck: { test: ['CMD', 'true'] } },
    web: {
      image: 'gate:1',
      networks: { proxynet: null },
      depends_on: { dockerproxy: { condition: 'service_started' } },
    },
  });
  const services = {
    db: DB,
    migrate: { image: 'migrate:1', depends_on: { db: { condition: 'service_healthy' as const } } },
    web: {
      ...WEB,
      scale: 2,
      depends_on: { migrate: { condition: 'service_completed_successfully' as const } },
    },
  };
  simulated.setProject('shop', services, { compose: facts('web') });
  simulated.engine.addImage('migrate:1', 'migrate', 'finishes');
  const place = { file: 'projects/site/ingress.yml', line: 1, column: 1 };
  simulated.setProject(
    'site',
    { web: WEB },
    { compose: facts('web'), egress: [{ place, consumer: 'site', provider: 'shop', service: 'web' }] },
  );
});

afterEach(() => simulated.dispose());

function plan(docker: Docker = simulated.engine.docker()): Promise<WorkspacePlan> {
  return planStacks(simulated.context({ docker }), { workspace: simulated.workspace(), stacks: STACKS });
}

/** The same Docker, whose engine answers nothing. */
function withoutEngine(
  fault = new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'no' }),
): Docker {
  const refuse = (): Promise<never> => Promise.reject(fault);
  const asking = [
    'listContainers',
    'inspectContainers',
    'inspectImages',
    'inspectNetworks',
    'inspectVolumes',
  ];
  const docker = simulated.engine.docker();
  return Object.assign(
    Object.create(docker) as Docker,
    Object.fromEntries([...asking, 'listNetworks', 'listVolumes', 'engine'].map((name) => [name, refuse])),
  );
}

function withoutCompose(): Docker {
  const missing = new DockerError({ code: 'docker-missing', binary: 'docker' });
  const docker = withoutEngine(missing);
  return Object.assign(docker, {
    compose: () => ({
      configYaml: () => Promise.reject(missing),
      configHashes: () => Promise.reject(missing),
    }),
  });
}

const operationsOf = ({ stacks }: WorkspacePlan): Record<string, StackPlan['operations']> =>
  Object.fromEntries(stacks.map(({ stack, operations }) => [stack, operations]));

describe('on a host where nothing runs', () => {
  it.each([
    ['with an engine', () => simulated.engine.docker()],
    ['without one', () => withoutEngine()],
  ])('the operations that are planned are those that a deploy carries out: %s', async (_, docker) => {
    const planned = await plan(docker());
    expect(planned.failed).toEqual([]);
    expect(planned.stacks.map(({ operations }) => operations.length > 0)).toEqual([true, true, true]);
    const { outcomes } = await deployStacks(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: STACKS,
    });
    expect(outcomes.flatMap(({ problems }) => problems)).toEqual([]);
    for (const { stack, plan: done } of outcomes)
      expect(done?.operations).toEqual(operationsOf(planned)[stack]);
    expect(operationsOf(planned)['shop']?.map(({ id }) => id)).toContain('wait migrate completed');
  });

  it('a plan that only reads the sources says that it has no operations, and why', async () => {
    const planned = await plan(withoutCompose());
    expect(planned.failed).toEqual([]);
    for (const { stack, services, operations, notes } of planned.stacks) {
      expect([stack, services.length > 0, operations]).toEqual([stack, true, []]);
      expect(notes.join('\n')).toMatch(/operations and their order are not known: .*docker/i);
    }
  });
});
