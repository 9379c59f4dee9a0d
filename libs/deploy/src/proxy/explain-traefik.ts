import { helperImage } from '../engine/helper-image';
import type { DeployContext } from '../context';
import type { ServicePlan, StackPlan } from '../plan/model';
import { STATIC_FILE } from '../publish/published-file';
import type { Publisher } from '../publish/publisher';
import { entryPointsOf, staticChange, treeOfText, type Tree } from '@itsup/traefik';
import { handoverMode, lossNote } from '@itsup/rollout';
import { TRAEFIK } from '../requests';

/** The reason `configuration` of Traefik in the words of what changed: `entry point tcp-5432 added`. */
export function explainStaticChange(plan: StackPlan, publisher: Publisher): StackPlan {
  const { present, desired } = trees(publisher);
  if (present === null || desired === null) return plan;
  const changes = staticChange(present, desired).reasons;
  if (changes.length === 0) return plan;
  const explained = (service: ServicePlan): ServicePlan =>
    service.service !== TRAEFIK
      ? service
      : {
          ...service,
          reasons: service.reasons.flatMap((reason) => (reason === 'configuration' ? changes : [reason])),
        };
  return { ...plan, services: plan.services.map(explained) };
}

/** What replacing Traefik may cost on this host, where the packet filter is out of reach; null: nothing. */
export async function handoverCost(
  { docker }: DeployContext,
  plan: StackPlan,
  publisher: Publisher,
): Promise<string | null> {
  const traefik = plan.services.find(({ service, action }) => service === TRAEFIK && action === 'rollout');
  if (traefik === undefined) return null;
  const { present, desired } = trees(publisher);
  const filter = await docker.packetFilter({ helperImage: () => helperImage(docker) });
  if (filter.available) return null;
  // A definition that changed in its user says so: `user` is an aspect like any other.
  const changesUser = traefik.reasons.some((reason) => /^user\b/.test(reason));
  return lossNote(handoverMode(false, present ?? {}, desired ?? {}, changesUser), filter.reason);
}

/**
 * Why the Traefik that comes runs as root, where it does: it can have a port below 1024 as nobody else; null: as
 * itself.
 */
export function rootNote(plan: StackPlan, publisher: Publisher): string | null {
  const comes = plan.services.some(
    ({ service, action }) =>
      service === TRAEFIK && (action === 'create' || action === 'rollout' || action === 'recreate'),
  );
  const low = entryPointsOf(trees(publisher).desired ?? {}).filter(({ port }) => port < 1024);
  if (!comes || low.length === 0) return null;
  const ports = low.map(({ name, port }) => `${name} on port ${port}`).join(', ');
  return `Traefik runs as root, for a port below 1024 is for no other user: ${ports}. From 1024 on it is a user of its own, without a capability (documentation: Security).`;
}

function trees(publisher: Publisher): { present: Tree | null; desired: Tree | null } {
  const { present, desired } = publisher.versionsOf(STATIC_FILE);
  const tree = (text: string | null): Tree | null => (text === null ? null : treeOfText(text));
  return { present: tree(present), desired: tree(desired) };
}
