import type { DeployedService, DesiredService, ObservedContainer } from '../model';
import { runsAsDeployed } from '../observe';
import { planService } from './plan-service';

const DESIRED: DesiredService = {
  name: 'web',
  image: 'acme/web:1.4',
  imageId: 'sha256:14',
  buildDigest: null,
  built: false,
  pulls: false,
  replicas: 2,
  aspects: { command: 'c' },
  definition: 'new',
  networks: [],
  dependsOn: [],
  hangsOn: [],
  hooks: { preStart: 0, postStart: 0, preStop: 0 },
  notRolled: [],
  mayFinish: false,
};

const DEPLOYED: DeployedService = {
  aspects: { command: 'before' },
  image: 'acme/web:1.4',
  imageId: 'sha256:14',
  buildDigest: null,
  replicas: 2,
  containers: [
    { id: 'old1', composeHash: 'old', image: 'acme/web:1.4', finished: false },
    { id: 'old2', composeHash: 'old', image: 'acme/web:1.4', finished: false },
  ],
};

function container(id: string, change: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id,
    name: `shop-web-${id}`,
    projectName: 'shop',
    service: 'web',
    number: id.endsWith('2') ? 2 : 1,
    state: 'running',
    exitCode: null,
    health: 'healthy',
    image: 'acme/web:1.4',
    imageId: 'sha256:14',
    definition: id.startsWith('new') ? 'new' : 'old',
    sources: [],
    networks: [],
    ...change,
  };
}

const NOT_ROLLED = ['volume data is writable'];

describe('a service of two versions, as a deploy that was killed leaves it', () => {
  it('is rolled when too few of the wanted one are there: what serves goes when the new ones do', () => {
    const plan = planService(DESIRED, DEPLOYED, [container('new1'), container('old2')]);
    expect(plan).toMatchObject({
      action: 'rollout',
      reasons: ['shop-web-old2 still runs what was deployed before'],
      current: ['new1', 'old2'],
      leftovers: [],
    });
  });

  it('is rolled too when the wanted one was stopped', () => {
    const one = { ...DESIRED, replicas: 1 };
    const stopped = container('new1', { state: 'exited', exitCode: 1, health: null });
    expect(planService(one, DEPLOYED, [stopped, container('old2')])).toMatchObject({
      action: 'rollout',
      current: ['old2'],
      leftovers: ['new1'],
    });
  });

  it('parts with the old one first where the two cannot run side by side', () => {
    const exclusive = { ...DESIRED, notRolled: NOT_ROLLED };
    expect(planService(exclusive, DEPLOYED, [container('new1'), container('old2')])).toMatchObject({
      action: 'scale',
      reasons: ['replicas 1 → 2', 'shop-web-old2 makes room: volume data is writable'],
      leftovers: ['old2'],
      retired: [],
    });
  });

  it('keeps the old one until enough wanted ones are known to serve', () => {
    const containers = [
      container('new1'),
      container('new2', { health: 'starting' }),
      container('old1', { number: 3 }),
      container('old2', { number: 4, state: 'exited', exitCode: 0, health: null }),
    ];
    expect(planService(DESIRED, DEPLOYED, containers)).toMatchObject({
      action: 'scale',
      leftovers: ['old1', 'old2'],
      retired: ['old1'],
    });
  });
});

describe('runsAsDeployed', () => {
  const edges: never[] = [];
  const web = (replicas: number): DeployedService => ({
    ...DEPLOYED,
    replicas,
    containers: [{ id: 'new1', composeHash: 'new', image: 'acme/web:1.4', finished: false }],
  });

  it('takes a service with fewer containers than it should have for one to look at', () => {
    const running = [container('new1')];
    expect(runsAsDeployed({ services: { web: web(2) }, edges }, 'shop', running)).toBe(false);
    expect(runsAsDeployed({ services: { web: web(1) }, edges }, 'shop', running)).toBe(true);
  });
});
