import type { PacketChange, PacketFilter, PacketRule } from '../host/packet-filter';

/** The packet filter of a host that has these rules of ours, and none of others. */
export function simulatedPacketFilter(rules: PacketRule[]): PacketFilter {
  return {
    via: 'host',
    families: ['ipv4', 'ipv6'],
    list: async (prefix) =>
      rules
        .filter(({ comment }) => comment.startsWith(prefix))
        .map((rule) => ({ ...rule, isBehindOthers: false })),
    apply: async (changes) => {
      for (const change of changes) apply(rules, change);
    },
  };
}

function apply(rules: PacketRule[], { operation, rule }: PacketChange): void {
  const at = rules.findIndex((known) => keyOf(known) === keyOf(rule));
  if (operation === 'delete') {
    if (at >= 0) rules.splice(at, 1);
    return;
  }
  if (at >= 0) return;
  if (operation === 'insert') rules.unshift(rule);
  else rules.push(rule);
}

function keyOf({ family, table, chain, args, comment }: PacketRule): string {
  return JSON.stringify([family, table, chain, args, comment]);
}
