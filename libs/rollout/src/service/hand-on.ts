import { listField, textField } from '@itsup/traefik';
import { composeOwner } from '@itsup/docker';
import { drain } from '../drain/drain';
import { providedBy } from '../provider/provided-by';
import { endsOf, protocols, type ProvidedConfiguration } from '../provider/provided-configuration';
import { Session, type SessionSubject } from '../pin/session';
import type { ContainerFacts, DrainOptions, RolloutContext } from '../types';

/** Containers of one service that get the requests of others that go. */
export interface Heir extends SessionSubject {
  containers: ContainerFacts[];
}

/**
 * Which services take the requests of containers that are about to go, because they have a router with the same rule:
 * Traefik has sent these to either. That is so where a project's folder was renamed, and with it its Compose project.
 *
 * @param others running containers of other projects
 * @param projectOf the project of a Compose project's containers; null: none of ours
 */
export function heirsOf(
  context: Pick<RolloutContext, 'proxy'>,
  going: readonly ContainerFacts[],
  others: readonly ContainerFacts[],
  projectOf: (composeProject: string) => string | null,
): Heir[] {
  const { proxy } = context;
  if (!proxy) return [];
  const claims = claimsOf(providedBy(proxy, going));
  if (claims.size === 0) return [];
  const services = new Map<string, Heir>();
  for (const container of others) {
    const { project: composeProject, service } = composeOwner(container.labels);
    const project = projectOf(composeProject);
    if (project === null || service === '') continue;
    const key = JSON.stringify([composeProject, service]);
    const heir = services.get(key) ?? { project, composeProject, service, containers: [] };
    heir.containers.push(container);
    services.set(key, heir);
  }
  return [...services.values()].filter(({ containers }) =>
    [...claimsOf(providedBy(proxy, containers))].some((claim) => claims.has(claim)),
  );
}

/** What the routers take, each as a text. */
function claimsOf(provided: ProvidedConfiguration): Set<string> {
  const claims = protocols.flatMap((protocol) =>
    Object.values(provided[protocol].routers).flatMap((router) =>
      listField(router, 'entryPoints').map((point) =>
        JSON.stringify([protocol, point, textField(router, 'rule') ?? '']),
      ),
    ),
  );
  return new Set(claims);
}

/**
 * Leads requests to the heirs of containers that are about to go, and waits until what is under way at these has ended:
 * they can be stopped then. A process that dies on the way leaves pins that lead to who serves, and the next deploy
 * sweeps them.
 *
 * @returns takes the pins away, when those containers are gone
 * @throws RolloutError, Interrupted; then no pin is left
 */
export async function handOn(
  context: RolloutContext,
  going: ContainerFacts[],
  heirs: readonly Heir[],
  options: DrainOptions,
): Promise<() => Promise<void>> {
  const sessions = heirs.map((heir) => ({ heir, session: new Session(context, heir) }));
  const end = async (): Promise<void> => {
    for (const { session } of sessions) {
      try {
        await session.awaitUnled('unpin', going);
      } finally {
        await session.unpin('unpin');
      }
    }
  };
  const [first] = sessions;
  if (first === undefined) return end;
  const { session: shared } = first;
  try {
    for (const { heir, session } of sessions) await session.pinAsPublished('pin-old', heir.containers);
    await drain(
      shared.context,
      going,
      endsOf(shared.provided(going)),
      options,
      shared.waiter('drain'),
      (text) => shared.note(text),
    );
    return end;
  } catch (error) {
    for (const { session } of sessions) await session.unpin('unpin').catch(() => undefined);
    throw error;
  }
}
