import type { DesiredDependency, DesiredService, ObservedContainer, ServicePlan } from '../plan/model';

/** A service with an image and nothing else, but for the change. */
export function desiredService(name: string, change: Partial<DesiredService> = {}): DesiredService {
  return {
    name,
    image: `${name}:1`,
    imageId: `sha256:${name}`,
    buildDigest: null,
    built: false,
    pulls: false,
    replicas: 1,
    aspects: { command: 'c' },
    definition: null,
    networks: [],
    dependsOn: [],
    hangsOn: [],
    hooks: { preStart: 0, postStart: 0, preStop: 0 },
    notRolled: [],
    mayFinish: false,
    ...change,
  };
}

/** `depends_on` in its short form, but for the change. */
export function dependency(service: string, change: Partial<DesiredDependency> = {}): DesiredDependency {
  return { service, condition: 'service_started', restart: false, required: true, ...change };
}

/** A plan for a service with one container of the same name. */
export function servicePlan(service: string, change: Partial<ServicePlan> = {}): ServicePlan {
  return {
    service,
    action: 'none',
    reasons: [],
    notRolled: [],
    build: false,
    pull: false,
    replicas: 1,
    current: [service],
    leftovers: [],
    retired: [],
    networks: [],
    ...change,
  };
}

/** A healthy container of the service, which is its id. */
export function observedContainer(
  service: string,
  change: Partial<ObservedContainer> = {},
): ObservedContainer {
  return {
    id: service,
    name: `shop-${service}-1`,
    projectName: 'shop',
    service,
    number: 1,
    state: 'running',
    exitCode: null,
    health: 'healthy',
    image: `${service}:1`,
    imageId: `sha256:${service}`,
    definition: 'hash',
    sources: [],
    networks: [],
    ...change,
  };
}
