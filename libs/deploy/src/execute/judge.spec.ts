import type { ContainerDetails } from '@itsup/docker';

import { SimulatedContainer } from '../testing/simulated-container';
import { healthBudgetMs, judge } from './judge';

const NOW = Date.parse('2026-01-01T00:01:00Z');

function details(change: Partial<ContainerDetails>): ContainerDetails {
  const container = new SimulatedContainer({
    id: 'a',
    name: 'shop-web-1',
    project: 'shop',
    service: 'web',
    number: 1,
    reference: 'web:1',
    imageId: 'sha256:1',
    behaviour: 'healthy',
    hasHealthcheck: false,
    hash: '',
    configFiles: [],
    environment: {},
    ownLabels: {},
    joins: [],
    mounts: [],
    networks: new Map(),
  });
  container.start(NOW - 30_000);
  return { ...container.details(NOW), ...change };
}

function verdict(change: Partial<ContainerDetails>, mayFinish = false) {
  return judge(details(change), { now: NOW, mayFinish, stabilityMs: 1000 });
}

const health = (status: 'starting' | 'healthy' | 'unhealthy') => ({
  health: { status, failingStreak: 0, log: [] },
});
const startedAgo = (ms: number) => ({ startedAt: new Date(NOW - ms).toISOString() });
const exited = (exitCode: number): Partial<ContainerDetails> => ({
  state: 'exited',
  running: false,
  exitCode,
});

describe('judge', () => {
  it('believes a health check', () => {
    expect(verdict(health('healthy'))).toEqual({ state: 'ready' });
    expect(verdict(health('starting'))).toEqual({ state: 'waiting', what: 'to become healthy' });
    expect(verdict(health('unhealthy'))).toEqual({ state: 'failed', reason: 'is unhealthy' });
  });

  it('wants a container without one to stay up for a while, longer after a restart', () => {
    expect(verdict(startedAgo(500))).toEqual({ state: 'waiting', what: 'to stay up', dueMs: 500 });
    expect(verdict(startedAgo(1500))).toEqual({ state: 'ready' });
    expect(verdict({ ...startedAgo(1500), restartCount: 1 })).toMatchObject({
      state: 'waiting',
      dueMs: 1500,
    });
  });

  it('takes an end with 0 for success only where the restart policy allows it', () => {
    expect(verdict(exited(0), true)).toEqual({ state: 'finished' });
    expect(verdict(exited(0))).toEqual({ state: 'failed', reason: 'exited with 0' });
    expect(verdict(exited(1), true)).toEqual({ state: 'failed', reason: 'exited with 1' });
    expect(verdict({ ...exited(137), oomKilled: true })).toEqual({
      state: 'failed',
      reason: 'exited with 137 (out of memory)',
    });
  });

  it('bears some restarts, as of a service that waits for its database, but no loop', () => {
    expect(verdict({ state: 'restarting', running: false, restartCount: 2 })).toMatchObject({
      state: 'waiting',
    });
    expect(verdict({ state: 'restarting', running: false, restartCount: 4, exitCode: 2 })).toEqual({
      state: 'failed',
      reason: 'keeps restarting (exit 2)',
    });
  });

  it("tells the engine's own reason when it could not start it", () => {
    const error = 'exec: "serve": executable file not found in $PATH';
    expect(verdict({ state: 'created', running: false, error })).toEqual({
      state: 'failed',
      reason: `could not be started: ${error}`,
    });
  });
});

describe('healthBudgetMs', () => {
  it('is what the health check itself may take to say unhealthy, and some slack', () => {
    const settings = {
      test: [],
      startIntervalMs: 0,
      startPeriodMs: 20_000,
      retries: 3,
      intervalMs: 5000,
      timeoutMs: 2000,
    };
    expect(healthBudgetMs(settings)).toBe(20_000 + 4 * 7000 + 15_000);
    expect(healthBudgetMs(null)).toBe(15_000);
  });
});
