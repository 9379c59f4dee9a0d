import type { ServicePlan } from '../model';

/** The plan of a service that nothing happens to, for whoever says what does. */
export function idleService(service: string, replicas: number): ServicePlan {
  return {
    ...{ service, action: 'none', reasons: [], notRolled: [], build: false, pull: false, replicas },
    ...{ current: [], leftovers: [], retired: [], networks: [] },
  };
}
