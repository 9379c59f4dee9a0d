import { freeProxynetRange, type NetworkOnHost } from '@itsup/deploy';
import { overlap, rangeOf, type Range } from '@itsup/docker';

import type { HostFacts } from '../facts';
import { error, findings, note, warning, type Finding } from '../finding';

/** What Docker takes networks from unless daemon.json says otherwise: 15 of /16 and 16 of /20. */
const BUILT_IN = [
  ...Array.from({ length: 15 }, (_, index) => ({ base: `172.${17 + index}.0.0/16`, size: 16 })),
  { base: '192.168.0.0/16', size: 20 },
];

/** Every project has a network of its own, and so has every egress edge. */
const FEW = 5;

const CURE =
  'add "default-address-pools": [{"base": "10.64.0.0/11", "size": 24}] to /etc/docker/daemon.json and restart Docker; unused networks go with docker network prune';

/** Docker takes the next free part of a pool for each network without a subnet, and fails when there is none. */
export function checkAddressPools({
  engine,
  networks,
  interfaceNetworks,
}: Pick<HostFacts, 'engine' | 'networks' | 'interfaceNetworks'>): Finding[] {
  if (engine === null) return [];
  const pools = engine.addressPools.length > 0 ? engine.addressPools : BUILT_IN;
  const taken = [
    ...networks.flatMap(({ subnets }) => subnets.map(({ subnet }) => subnet)),
    ...interfaceNetworks,
  ]
    .map(rangeOf)
    .filter((range) => range !== null);
  const { total, free } = countFree(pools, taken);
  return findings('address pools', `${free} of ${total} networks left`, [
    free === 0
      ? error('Docker has no subnet left for another network', CURE)
      : free < FEW
        ? warning(`Docker has subnets for ${free} more network${free === 1 ? '' : 's'}`, CURE)
        : null,
  ]);
}

/** How many networks the pools hold, and how many of those overlap nothing that is taken. */
export function countFree(
  pools: readonly { base: string; size: number }[],
  taken: readonly Range[],
): { total: number; free: number } {
  let total = 0;
  let free = 0;
  for (const { base, size } of pools) {
    const range = rangeOf(base);
    if (range === null) continue;
    const step = 2 ** (32 - size);
    const slots = Math.floor((range.last - range.first + 1) / step);
    const used = new Set<number>();
    for (const network of taken.filter((one) => overlap(one, range))) {
      const from = Math.max(0, Math.floor((network.first - range.first) / step));
      const to = Math.min(slots - 1, Math.floor((network.last - range.first) / step));
      for (let slot = from; slot <= to; slot += 1) used.add(slot);
    }
    total += slots;
    free += slots - used.size;
  }
  return { total, free };
}

/** The network of the honeypot and of services with a fixed address. */
export function checkProxynet({
  engine,
  networks,
  interfaceNetworks,
  wanted: { proxynet },
}: Pick<HostFacts, 'engine' | 'networks' | 'interfaceNetworks' | 'wanted'>): Finding[] {
  if (engine === null) return [];
  const { name, subnet } = proxynet;
  const present = networks.find((network) => network.name === name);
  const others: NetworkOnHost[] = [
    ...networks
      .filter((network) => network.name !== name)
      .flatMap((network) =>
        network.subnets.map((each) => ({ what: `the network ${network.name}`, subnet: each.subnet })),
      ),
    ...interfaceNetworks.map((each) => ({ what: 'an interface of this host', subnet: each })),
  ];
  // Its own bridge is an interface too.
  const own = new Set(present?.subnets.map((each) => each.subnet));
  const inTheWay = others.find((other) => !own.has(other.subnet) && overlaps(other.subnet, subnet));
  const taken =
    inTheWay === undefined
      ? null
      : error(
          `needs ${subnet}, and ${inTheWay.what} has ${inTheWay.subnet}`,
          `choose another range in projects/itsup.yml, proxynet: {subnet: ${freeProxynetRange(others)}}: the next deploy replaces every container, for the DNS server's address stands in each; or give up the other one`,
        );
  if (present === undefined) {
    return findings(name, null, [taken ?? note('is not there yet: the first deploy makes it')]);
  }
  const subnets = present.subnets.map((each) => each.subnet);
  const remake = `take down what uses it, then docker network rm ${name}: the next deploy makes it anew`;
  return findings(name, `${subnets.join(', ')}, internal`, [
    subnets.includes(subnet)
      ? null
      : (taken ??
        warning(
          `has the subnet ${subnets.join(', ')}, and projects/itsup.yml says ${subnet}`,
          'itsup deploy proxy makes it anew; every project is deployed then, for the address of the DNS server stands in each container',
        )),
    present.internal
      ? null
      : warning(
          'is not internal: a service of another project may be taken for a sibling of its name',
          remake,
        ),
  ]);
}

function overlaps(a: string, b: string): boolean {
  const [one, other] = [rangeOf(a), rangeOf(b)];
  return one !== null && other !== null && overlap(one, other);
}
