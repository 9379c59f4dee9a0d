import type { Problem } from '@itsup/config';
import type { Target } from '@itsup/routing';

import type { ContainerFact } from './model';

/**
 * Why no container of a router's service serves; nothing while one does. Traefik's docker provider leaves out
 * containers that do not run, or whose health check has not succeeded.
 *
 * @param containers null: the router leads to no container
 * @param network that Traefik comes by; null: Compose alone knows
 * @param profiles of the service, when none of them is active; empty: it is started like any other
 */
export function containerFindings(
  target: Target,
  containers: ContainerFact[] | null,
  network: string | null,
  profiles: readonly string[] = [],
): Problem[] {
  if (containers === null || target.project === null || target.service === null) return [];
  const { project, service } = target;
  const what = `${project}:${service}`;
  const finding = (code: string, message: string, help: string): Problem[] => [
    { code, severity: 'error', message, help, project },
  ];
  const logs = `itsup logs ${project} ${service}`;
  if (containers.length === 0 && profiles.length > 0)
    return finding(
      'profile-off',
      `${what} has no container: its profile ${profiles.join(', ')} is not active, so no deploy starts it`,
      `COMPOSE_PROFILES=${profiles[0] ?? ''} in projects/${project}/.env, or take profiles out of the service`,
    );
  if (containers.length === 0)
    return finding('not-deployed', `${what} has no container: it is not deployed`, `itsup deploy ${project}`);
  const running = containers.filter(({ state }) => state === 'running');
  if (running.length === 0) {
    const states = [...new Set(containers.map(({ state }) => state))].sort().join(', ');
    return finding(
      'not-running',
      `no container of ${what} runs (${states})`,
      `${logs}, then: itsup deploy ${project}`,
    );
  }
  const served = running.filter(({ isServed }) => isServed);
  if (served.length === 0) {
    const health = [...new Set(running.map((each) => each.health))].join(', ');
    return finding(
      'not-healthy',
      `no container of ${what} is healthy (${health}), and Traefik serves healthy ones alone`,
      logs,
    );
  }
  if (served.some(({ isReached }) => isReached)) return [];
  return finding(
    'not-on-its-network',
    `no container of ${what} is on ${network}, where Traefik reaches it`,
    `itsup deploy ${project}`,
  );
}
