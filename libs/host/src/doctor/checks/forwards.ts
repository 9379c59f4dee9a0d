import { addressKind } from '../address-kind';
import type { HostFacts, WantedFacts } from '../facts';
import { findings, note, warning, type Finding } from '../finding';
import { listed } from './names';

/** Ports that visitors ask, by entry point; any other is asked under its own number. */
const ASKED: Record<string, number> = { web: 80, 'web-secure': 443 };

/**
 * Whether a visitor from outside gets to Traefik, as far as this host can tell. What a router in front of it forwards
 * it cannot: then the finding has the command to try from elsewhere.
 */
export function checkForwards({
  addresses,
  listeners,
  lookups,
  proxyRuns,
  wanted,
}: Pick<HostFacts, 'addresses' | 'listeners' | 'lookups' | 'proxyRuns' | 'wanted'>): Finding[] {
  const own = new Set(addresses);
  const here: string[] = [];
  const behind = new Map<string, string[]>();
  const inside: string[] = [];
  for (const [domain, lookup] of lookups) {
    if (lookup.outcome !== 'found') continue;
    const open = lookup.addresses.filter((address) => addressKind(address) === 'public');
    const foreign = open.filter((address) => !own.has(address));
    if (open.some((address) => own.has(address))) here.push(domain);
    else if (foreign.length > 0) add(behind, [...foreign].sort().join(', '), domain);
    else if (lookup.addresses.some((address) => addressKind(address) === 'private')) inside.push(domain);
  }
  const deaf =
    !proxyRuns || listeners === null ? [] : wanted.ports.filter((one) => !hasListener(listeners, one));
  const moved = wanted.ports.filter(({ entryPoint, port }) => (ASKED[entryPoint] ?? port) !== port);
  const ok =
    here.length === 0 || behind.size > 0 ? null : 'none is needed: the domains lead to this host itself';
  return findings('port forwards', ok, [
    deaf.length === 0
      ? null
      : warning(
          `Traefik runs, and does not listen on ${deaf.map(portOf).join(', ')}`,
          'deploy it with today’s configuration: itsup deploy proxy',
        ),
    here.length === 0 || moved.length === 0
      ? null
      : warning(
          `${listed(here)} leads to this host itself, and visitors ask for ${arrows(moved)}`,
          'set traefik.entryPoints in projects/itsup.yml to 80 and 443, or redirect those ports on this host',
        ),
    behind.size < 2
      ? null
      : warning(
          `the domains lead to different addresses: ${[...behind].map(([where, names]) => `${listed(names)}: ${where}`).join('; ')}`,
          'one of them may be an old address of the router: correct its record, or let it follow by dynamic DNS',
        ),
    ...[...behind].map(([where, [first = '', ...more]]) =>
      note(
        `${listed([first, ...more])}: only from outside can be seen whether ${where} forwards ${arrows(wanted.ports)}`,
        `from another network, as a phone without Wi-Fi has: curl -sSI http://${first}; curl -sSkI https://${first} (any answer: it does; a timeout: it does not)`,
      ),
    ),
    inside.length === 0
      ? null
      : note(
          `${listed(inside)}: a private address, so nobody outside gets here by it`,
          `right if the name is for your own network; what others are told: dig +short ${inside[0]} @1.1.1.1`,
        ),
  ]);
}

type Port = WantedFacts['ports'][number];

function hasListener(listeners: NonNullable<HostFacts['listeners']>, wanted: Port): boolean {
  return listeners.some(({ port, protocol }) => port === wanted.port && protocol === wanted.protocol);
}

function portOf({ port, protocol, entryPoint }: Port): string {
  return `${port}${protocol === 'udp' ? '/udp' : ''} (entry point ${entryPoint})`;
}

/** `80 to 8080, 443 to 8443, 53/udp`: what is asked for, and where Traefik has it. */
function arrows(ports: readonly Port[]): string {
  return listed(
    ports.map(({ entryPoint, port, protocol }) => {
      const asked = ASKED[entryPoint] ?? port;
      return `${asked}${protocol === 'udp' ? '/udp' : ''}${asked === port ? '' : ` to ${port}`}`;
    }),
  );
}

function add(groups: Map<string, string[]>, key: string, value: string): void {
  groups.set(key, [...(groups.get(key) ?? []), value]);
}
