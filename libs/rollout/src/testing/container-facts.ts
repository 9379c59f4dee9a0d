import type { ContainerFacts, HealthFacts } from '../types';

/** A container that runs, is routed and has no health check. */
export function containerFacts(changes: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    id: 'a'.repeat(64),
    imageId: 'sha256:web',
    name: 'shop-web-1',
    status: 'running',
    exitCode: 0,
    oomKilled: false,
    restartCount: 0,
    error: '',
    startedAt: 1000,
    health: null,
    labels: { 'traefik.enable': 'true' },
    addresses: { proxynet: '172.20.128.2' },
    exposedPorts: [],
    hasData: false,
    ...changes,
  };
}

/** A health check with Docker's defaults. */
export function healthFacts(changes: Partial<HealthFacts> = {}): HealthFacts {
  return {
    status: 'healthy',
    interval: 30_000,
    timeout: 30_000,
    startPeriod: 0,
    retries: 3,
    log: [],
    test: ['CMD-SHELL', 'curl -f localhost'],
    ...changes,
  };
}
