import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import os from 'node:os';

import { UserError, type Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';
import { proxynetOf } from '@itsup/routing';

import type { LoadedStack } from '../../desired/loaded-stack';
import type { Run } from '../run';

/** An address that others on this host have a use for. */
export interface UsedAddress {
  address: string;
  use: string;
}

/**
 * A bridge with a range of its own (`ipam`) takes all of its addresses from this host: what goes to one of them goes to
 * the bridge from then on, also Traefik's requests to another project's `host`. Asked before anything is made, where a
 * file gives a range at all. Of an engine on another machine, whose own addresses are not known here, it asks only for
 * what the sources name.
 * @throws UserError
 */
export async function refuseTakenRanges(
  run: Pick<Run, 'engineDetails'> & { request: Pick<Run['request'], 'workspace'> },
  { spec, model }: { spec: Pick<LoadedStack['spec'], 'stack' | 'project'>; model: ComposeModel },
): Promise<void> {
  if (spec.project === null || rangesOf(model).length === 0) return;
  const { location } = await run.engineDetails();
  const { settings, projects } = run.request.workspace;
  const used: UsedAddress[] = [
    ...(location === 'local' ? uplinkAddresses(os.networkInterfaces(), readRoutes()) : []),
    ...settings.dns.resolvers.map((address) => ({ address, use: 'asked for names by the DNS server' })),
    ...projects.flatMap(({ name, host, enabled }) =>
      host !== null && enabled ? [{ address: host, use: `the host of ${name}` }] : [],
    ),
    { address: proxynetOf(settings).dns, use: `in ${proxynetOf(settings).name}` },
  ];
  const problems = rangeProblems(spec.stack, model, used);
  if (problems.length > 0) throw new UserError(problems);
}

/** One problem for each range that holds an address which is used already. */
export function rangeProblems(
  stack: string,
  model: Pick<ComposeModel, 'networks'>,
  used: readonly UsedAddress[],
): Problem[] {
  return rangesOf(model).flatMap(({ key, subnet }): Problem[] => {
    const held = used.find(({ address }) => isWithin(address, subnet));
    if (held === undefined) return [];
    return [
      {
        code: 'range-taken',
        severity: 'error',
        message: `the network ${key} has the range ${subnet}, in which ${held.address} is: ${held.use}, and this host would not reach it any more`,
        help: 'choose another subnet under ipam, or none: the engine finds one that is free',
        project: stack,
      },
    ];
  });
}

/** Ranges that bridges of the project are made with. */
function rangesOf({ networks = {} }: Pick<ComposeModel, 'networks'>): { key: string; subnet: string }[] {
  return Object.entries(networks).flatMap(([key, network]) => {
    // Others (macvlan, ipvlan) are part of the network outside by intent.
    if (network === null || network.external === true || (network.driver ?? 'bridge') !== 'bridge') return [];
    return (network.ipam?.config ?? []).flatMap(({ subnet }) =>
      subnet === undefined ? [] : [{ key, subnet }],
    );
  });
}

function isWithin(address: string, subnet: string): boolean {
  const [base = '', bits = ''] = subnet.split('/');
  const family = isIP(base);
  if (family === 0 || isIP(address) !== family || !/^\d+$/.test(bits)) return false;
  const name = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(base, Number(bits), name);
  return list.check(address, name);
}

/**
 * The host's own addresses on the interfaces that lead out of it, and who is asked there to pass on.
 * @param routes `/proc/net/route`
 */
export function uplinkAddresses(
  interfaces: ReturnType<typeof os.networkInterfaces>,
  routes: string,
): UsedAddress[] {
  const ways = routes
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000');
  return ways.flatMap(([name = '', , gateway = '']) => [
    ...(interfaces[name] ?? []).map(({ address }) => ({ address, use: 'the host itself' })),
    { address: dotted(gateway), use: 'the host’s way out' },
  ]);
}

/** The kernel writes an address as one number in the machine's order, whose first byte is the last one here. */
function dotted(hexadecimal: string): string {
  return [...Buffer.from(hexadecimal, 'hex')].reverse().join('.');
}

/** Empty where there is no such table. */
function readRoutes(): string {
  try {
    return readFileSync('/proc/net/route', 'utf8');
  } catch {
    return '';
  }
}
