import type { DesiredService, ServiceAction, ServicePlan } from '../plan/model';

/** Services that are acted on in one go: one Compose process, which keeps their order itself. */
export interface Batch {
  kind: 'up' | 'recreate' | 'scale' | 'rollout';
  services: ServicePlan[];
}

const KIND: Partial<Record<ServiceAction, Batch['kind']>> = {
  create: 'up',
  start: 'up',
  scale: 'scale',
  recreate: 'recreate',
  rollout: 'rollout',
};

/** New services first: what is replaced may need them already. What serves meanwhile last, each on its own. */
const ORDER: Batch['kind'][] = ['up', 'recreate', 'scale', 'rollout'];

/**
 * Orders the acting services so that each comes after those it depends on, in as few batches as that takes. A circle
 * (Compose refuses one) would come out in one batch.
 */
export function batchesOf(plans: ServicePlan[], desired: DesiredService[]): Batch[] {
  const open = new Map(plans.flatMap((plan) => (KIND[plan.action] ? [[plan.service, plan] as const] : [])));
  const dependencies = new Map(desired.map((service) => [service.name, service.dependsOn]));
  const batches: Batch[] = [];
  while (open.size > 0) {
    const batch = nextBatch(open, dependencies);
    for (const plan of batch.services) open.delete(plan.service);
    batches.push(batch);
  }
  return batches;
}

function nextBatch(open: Map<string, ServicePlan>, dependencies: Map<string, string[]>): Batch {
  for (const kind of ORDER) {
    const services: ServicePlan[] = [];
    const taken = new Set<string>();
    let grown = true;
    while (grown) {
      grown = false;
      for (const [name, plan] of open) {
        if (taken.has(name) || KIND[plan.action] !== kind) continue;
        if (!(dependencies.get(name) ?? []).every((other) => !open.has(other) || taken.has(other))) continue;
        if (kind === 'rollout' || kind === 'scale') return { kind, services: [plan] };
        taken.add(name);
        services.push(plan);
        grown = true;
      }
    }
    if (services.length > 0) return { kind, services };
  }
  return { kind: 'up', services: [...open.values()] };
}
