import { randomInt } from 'node:crypto';

import type { PacketFilter, PacketRule } from '@itsup/docker';

import { acceptRules, handoverComment, holdComment, holdRules, redirectRules, zoneRules } from './rules';
import type { Shadow } from '../types';

/** The rules of a hand-over in the host's packet filter, put there and taken away in the order that loses nothing. */
export class Redirect {
  constructor(
    private readonly filter: PacketFilter,
    private readonly shadows: Shadow[],
    private readonly note: (text: string) => void,
    /** Zones of the connection tracking that nobody used in the last minutes: this one and the next. */
    private readonly firstZone = randomInt(1024, 65_000),
  ) {}

  /** From now on new connections, and all UDP, arrive at the temporary instance. */
  async insert(): Promise<void> {
    const { families } = this.filter;
    await this.insertAll(acceptRules(this.shadows, families));
    const separate = await this.insertZone('aside');
    await this.insertAll(redirectRules(this.shadows, families));
    if (separate) await this.insertZone('redirected');
  }

  /** From now on nobody is refused at a public port, though nothing listens there; until `removeRedirect`. */
  async hold(): Promise<void> {
    await this.insertAll(holdRules(this.shadows, this.filter.families));
  }

  private async insertAll(rules: PacketRule[]): Promise<void> {
    if (rules.length > 0) await this.filter.apply(rules.map((rule) => ({ operation: 'insert', rule })));
  }

  private async insertZone(zone: 'aside' | 'redirected'): Promise<boolean> {
    const number = this.firstZone + (zone === 'aside' ? 0 : 1);
    const rules = zoneRules(this.shadows, this.filter.families, zone, number);
    try {
      await this.insertAll(rules);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.note(`UDP clients that always send from one port will have to pause for some minutes: ${reason}`);
      return false;
    }
  }
}

/** New connections, and all UDP, go to the public ports again; those that are redirected stay where they are. */
export async function removeRedirect(filter: PacketFilter): Promise<void> {
  const rules = await handoverRules(filter);
  const held = rules.filter(({ comment }) => comment.startsWith(holdComment));
  const of = (name: PacketRule['table']): PacketRule[] => rules.filter(({ table }) => table === name);
  for (const some of [held, of('nat'), of('raw')]) await removeRules(filter, some);
}

/**
 * To be called when no redirected connection is left: a closed INPUT chain lets their packets through by these rules.
 */
export async function removeAcceptRules(filter: PacketFilter): Promise<void> {
  const accepting = (await handoverRules(filter)).filter(({ table }) => table === 'filter');
  await removeRules(filter, accepting);
}

/** Rules of a hand-over, of this one or of one that was killed. */
export function handoverRules(filter: PacketFilter): Promise<PacketRule[]> {
  return filter.list(handoverComment);
}

async function removeRules(filter: PacketFilter, rules: PacketRule[]): Promise<void> {
  if (rules.length > 0) await filter.apply(rules.map((rule) => ({ operation: 'delete', rule })));
}
