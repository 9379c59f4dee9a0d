import { formatStatus } from './format-status';
import type { StackStatus } from '../requests';

const NOW = Date.parse('2026-01-02T00:00:00Z');

function status(changes: Partial<StackStatus>): StackStatus {
  return {
    stack: 'blog',
    state: 'running',
    services: [],
    drift: [],
    packetFilter: null,
    stateFolder: null,
    successor: null,
    lastDeploy: null,
    unfinished: null,
    lockedBy: null,
    ...changes,
  };
}

describe('formatStatus', () => {
  it('shows one line a service, the stack named once', () => {
    const container = {
      id: '1',
      name: 'blog-web-1',
      state: 'running',
      health: 'healthy',
      image: 'ghost:5',
      status: '',
    };
    const text = formatStatus(
      [
        status({
          services: [
            { service: 'db', wanted: 1, containers: [] },
            { service: 'web', wanted: 2, containers: [container, { ...container, health: 'starting' }] },
          ],
          lastDeploy: {
            id: '1',
            stack: 'blog',
            command: 'deploy',
            outcome: 'deployed',
            startedAt: '2026-01-01T21:00:00Z',
            durationMs: 1,
            by: 'ann',
            commit: '0123456789abcdef0123456789abcdef01234567',
            services: [],
            steps: [],
            problems: [],
            restorable: true,
          },
        }),
        status({ stack: 'router', state: 'external' }),
      ],
      NOW,
    );
    expect(text.split('\n')).toEqual([
      'STACK   SERVICE  REPLICAS  HEALTH             IMAGE    DRIFT  LAST DEPLOY',
      'blog    db       0/1       absent             -        -      deployed 3 h ago 0123456 by ann',
      '        web      2/2       healthy, starting  ghost:5  -',
      'router  -        -         external           -        -      never',
    ]);
  });

  it('says what a person has to know below the table', () => {
    const text = formatStatus(
      [
        status({ unfinished: 'killed at step 4' }),
        status({ stack: 'old', state: 'orphan', lockedBy: 'bob' }),
      ],
      NOW,
    );
    expect(text).toContain('blog: killed at step 4; the next deploy finishes it');
    expect(text).toContain('old: being deployed by bob');
    expect(text).toContain('old: its folder is gone; itsup prune takes it down');
  });
});
