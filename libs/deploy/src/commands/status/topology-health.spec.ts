import type { StackStatus } from '../../requests';
import { healthFrom } from './topology-health';

type Container = Partial<StackStatus['services'][number]['containers'][number]>;

function status(stack: string, wanted: number | null, containers: Container[]): StackStatus {
  const whole = containers.map((container, index) => ({
    ...{
      id: `${stack}${index}`,
      name: `${stack}-web-${index}`,
      state: 'running',
      health: null,
      image: 'web:1',
    },
    ...{ status: 'Up 2 hours', unhealthySince: null },
    ...container,
  }));
  return {
    ...{ stack, state: 'running', services: [{ service: 'web', wanted, containers: whole }], unserved: [] },
    ...{
      published: null,
      drift: [],
      packetFilter: null,
      stateFolder: null,
      successor: null,
      lastDeploy: null,
    },
    ...{ certificates: null, maintenance: null, unfinished: null, lockedBy: null },
  };
}

const proxy = status('proxy', 1, [{}]);
const NOW = Date.parse('2026-11-29T14:05:33Z');

describe('healthFrom', () => {
  it.each<[string, number | null, Container[], { isWell: boolean; text: string }]>([
    ['one that is healthy', 1, [{ health: 'healthy' }], { isWell: true, text: 'healthy' }],
    ['one without a check', 1, [{}], { isWell: true, text: 'running' }],
    ['one of two', 2, [{ health: 'healthy' }], { isWell: false, text: '1 of 2 healthy' }],
    ['one that fails its check', 1, [{ health: 'unhealthy' }], { isWell: false, text: 'unhealthy' }],
    ['one that is gone', 1, [], { isWell: false, text: 'does not run' }],
    [
      'one that ended well',
      1,
      [{ state: 'exited', status: 'Exited (0) 5 minutes ago' }],
      { isWell: true, text: 'done' },
    ],
    [
      'one that failed',
      1,
      [{ state: 'exited', status: 'Exited (1) 5 minutes ago' }],
      { isWell: false, text: 'does not run' },
    ],
  ])('tells of %s', (_, wanted, containers, expected) => {
    expect(healthFrom([proxy, status('app', wanted, containers)], NOW)?.services['app:web']).toEqual(
      expected,
    );
  });

  it('tells what is not served, and nothing without a proxy', () => {
    const bad = {
      ...status('app', 1, [{}]),
      unserved: [{ code: 'x', severity: 'error' as const, message: 'app is not served' }],
    };
    expect(healthFrom([proxy, bad], NOW)).toMatchObject({
      at: '2026-11-29T14:05:33.000Z',
      problems: { app: ['app is not served'] },
    });
    expect(healthFrom([status('proxy', 1, []), bad], NOW)).toBeNull();
  });
});
