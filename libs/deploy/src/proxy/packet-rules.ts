import type { Docker } from '@itsup/docker';

import type { PacketRules } from '../requests';

/** What the comment of every packet filter rule of ours begins with. */
const OURS = 'itsup:';

/** Our rules in the host's packet filter, by name. A filter that cannot be asked is no failure of a status. */
export async function ownPacketRules(docker: Docker): Promise<PacketRules> {
  try {
    const found = await docker.packetFilter();
    if (!found.available) return { rules: [], reason: found.reason };
    const rules = (await found.filter.list(OURS)).map(({ comment, family, table, chain }) => ({
      name: comment,
      family,
      table,
      chain,
    }));
    return { rules, reason: null };
  } catch (error) {
    return { rules: [], reason: error instanceof Error ? error.message : String(error) };
  }
}
