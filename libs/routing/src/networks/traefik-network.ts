import type { ComposeFacts, NetworkFacts, ServiceFacts, Settings } from '@itsup/config';
import { compareText } from '../names/order';

/** The label that tells Traefik which of a container's networks it comes by. */
export const NETWORK_LABEL = 'traefik.docker.network';

/** Compose's name for the project, in a text that it interpolates. */
const PROJECT = '${COMPOSE_PROJECT_NAME}';

/** How Traefik, which is in the host's network, comes to a service's containers. */
export interface TraefikNetwork {
  /** Its key in the Compose file. */
  key: string;
  /** Its name on the engine, as a text that Compose interpolates: `${COMPOSE_PROJECT_NAME}_default`. */
  name: string;
  /** The host reaches none of the service's own networks, so the artifact adds this one. */
  added: boolean;
}

/**
 * The network that `traefik.docker.network` names: `default` when the service has it, else the first by Compose's own
 * order (priority, then name) that the host reaches; where there is none, one that the artifact adds for such services.
 * The model alone decides, so every machine decides alike.
 */
export function traefikNetworkOf(
  compose: ComposeFacts,
  service: ServiceFacts,
  engine: Settings['engine'] = 'compose',
): TraefikNetwork {
  const own = service.networks ?? [];
  const keys = own.length === 0 ? ['default'] : composeOrder(own, service.networkPriorities ?? {});
  // On a swarm Traefik has networks of its own, and comes to a project by one that is for that alone.
  const inReach = engine === 'swarm' ? [] : keys.filter((key) => isInReach(compose, key));
  const key = inReach.includes('default') ? 'default' : inReach[0];
  if (key !== undefined) return { key, name: engineName(compose, key), added: false };
  const added = freeKey(compose, 'proxy');
  return { key: added, name: `${PROJECT}_${added}`, added: true };
}

/**
 * As Compose connects a container to its networks (compose-go, `NetworksByPriority`): `priority` descending, then name.
 */
function composeOrder(keys: readonly string[], priorities: Readonly<Record<string, number>>): string[] {
  return [...keys].sort((a, b) => (priorities[b] ?? 0) - (priorities[a] ?? 0) || compareText(a, b));
}

/**
 * Does the host reach containers on this network? Of bridges we know that it does, internal ones and those without IPv4
 * included, unless an option takes the host's address away; of what the engine alone knows we do not.
 */
export function isInReach(compose: ComposeFacts, key: string): boolean {
  if (!isDeclared(compose, key)) return key === 'default';
  const facts = compose.networkFacts?.[key];
  if (facts === undefined) return true;
  const { driver, external, ipamDriver, nameUnknown } = facts;
  if (external || nameUnknown === true || (driver !== null && driver !== 'bridge')) return false;
  return ipamDriver !== 'null' && !Object.entries(facts.options).some(isClosing);
}

/**
 * `inhibit_ipv4` keeps the host off the bridge, and so does the gateway mode `isolated` since Docker 28; engines before
 * do not know the mode, and the answer has to be the same on each. A value that is a variable may be either.
 */
function isClosing([option, value]: [string, string]): boolean {
  if (option === 'com.docker.network.bridge.inhibit_ipv4') return !/^(0|f|false)$/i.test(value);
  return (
    /^com\.docker\.network\.bridge\.gateway_mode_ipv[46]$/.test(option) &&
    (value === 'isolated' || value.includes('$'))
  );
}

/** The name on the engine of a network that a service is on, as a text that Compose interpolates. */
export function engineName(compose: ComposeFacts, key: string): string {
  const facts: NetworkFacts | undefined = compose.networkFacts?.[key];
  return facts?.name ?? (facts?.external === true ? key : `${PROJECT}_${key}`);
}

/** A name on the engine with the Compose project's name put in; null while it holds another variable. */
export function resolvedName(name: string, composeProject: string): string | null {
  const text = name.replace(
    /\$\{COMPOSE_PROJECT_NAME\}|\$COMPOSE_PROJECT_NAME(?![A-Za-z0-9_])/g,
    composeProject,
  );
  const literal = text.replaceAll('$$', '');
  return literal.includes('$') ? null : text.replaceAll('$$', '$');
}

/** A key for a network that we add, which no network of the project has; nor has one its name on the engine. */
export function freeKey(compose: ComposeFacts, wanted: string): string {
  const names = compose.networks.flatMap((key) => compose.networkFacts?.[key]?.name ?? []);
  // The project's name may be anything, so a name that ends like ours counts as ours.
  const isFree = (key: string): boolean =>
    !compose.networks.includes(key) && !names.some((name) => name.endsWith(`_${key}`));
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? wanted : number === 2 ? `itsup-${wanted}` : `itsup-${wanted}-${number - 1}`;
    if (isFree(key)) return key;
  }
}

/** Declared at the top level; `default` needs no declaration. */
function isDeclared(compose: ComposeFacts, key: string): boolean {
  return compose.networks.includes(key);
}
