import { createTraefikApi, qualified, TraefikApiError, type ServedConfiguration } from '@itsup/traefik';
import { isUp, missingLabels } from '../pin/served';
import { protocols, type ProvidedConfiguration } from '../provider/provided-configuration';
import { Interrupted, RolloutError } from '../procedure/rollout-error';
import { Session, type SessionSubject } from '../pin/session';
import type { DynamicConfiguration, RolloutContext } from '../types';
import { waitFor } from '../procedure/waiting';

/** A router that Traefik dropped does not come by waiting, and the containers run anyway. */
const LIMIT_MS = 10_000;
/** A host with a thousand stacks has megabytes to tell. */
const INTERVAL_MS = 50;

/**
 * Waits until every Traefik leads to the containers that a service has by now: whoever deployed it opens it next.
 *
 * @param fileRoutes the published static routes that lead to it; null: there are none
 * @returns what Traefik still lacks when the time is up, in words; empty: nothing, or no Traefik answers at all
 */
export async function awaitRoutes(
  context: RolloutContext,
  subject: SessionSubject,
  fileRoutes: DynamicConfiguration | null,
): Promise<string> {
  const { proxy } = context;
  if (!proxy) return '';
  const session = new Session(context, subject);
  const addresses = await proxy.apis();
  let provided: ProvidedConfiguration | null = null;
  let missing = '';
  try {
    await waitFor(
      session.waiter('await-labels'),
      { what: 'Traefik to serve its routes', limitMs: LIMIT_MS, intervalMs: INTERVAL_MS },
      async () => {
        for (const address of addresses) {
          const served = await createTraefikApi(address, context.get, proxy.apiSecret).rawData();
          provided ??= session.provided(await session.containers());
          missing = missingLabels(served, provided) || missingRoutes(served, fileRoutes ?? {});
          if (missing !== '') return null;
        }
        return true;
      },
    );
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    if (!(error instanceof RolloutError || error instanceof TraefikApiError)) throw error;
  }
  return missing;
}

function missingRoutes(served: ServedConfiguration, routes: DynamicConfiguration): string {
  for (const protocol of protocols) {
    for (const name of Object.keys(routes[protocol]?.routers ?? {})) {
      const found = served[protocol].routers.get(qualified(name, 'file'));
      if (!found) return `router ${name} is not there`;
      if (!isUp(found)) return `router ${name}: ${found.errors.join('; ') || found.status}`;
    }
  }
  return '';
}
