import { listed } from '@itsup/config';
import {
  claimKey,
  compareParties,
  conflictAt,
  type Conflict,
  type Party,
  type RoutedProject,
} from './conflict';

/** Addresses on proxynet that are pinned for more than one service. */
export function addressConflicts(routed: readonly RoutedProject[]): Conflict[] {
  const byAddress = new Map<string, Map<string, Party>>();
  for (const { project } of routed) {
    if (!project.enabled) continue;
    for (const row of project.ingress) {
      if (row.ipv4Address === null || row.service === null) continue;
      const label = `${project.name}:${row.service}`;
      const parties = byAddress.get(row.ipv4Address) ?? new Map<string, Party>();
      byAddress.set(row.ipv4Address, parties);
      const party = {
        project: project.name,
        label,
        place: row.places['ipv4_address'] ?? row.place,
        holds: [claimKey('address', row.ipv4Address)],
      };
      const known = parties.get(label);
      if (!known || compareParties(party, known) < 0) parties.set(label, party);
    }
  }
  return [...byAddress].flatMap(([address, byLabel]) => {
    const parties = [...byLabel.values()].sort(compareParties);
    const at = parties.at(-1);
    if (!at || parties.length < 2) return [];
    return [
      conflictAt(
        at,
        parties.slice(0, -1),
        {
          code: 'address-conflict',
          message: `${listed(parties.map(({ label }) => label))} are pinned to one address, ${address}`,
          help: 'give each its own ipv4_address',
        },
        ({ label }) => `${label} is pinned here`,
      ),
    ];
  });
}
