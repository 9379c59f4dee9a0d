import { parseProcNet } from '@itsup/docker';
import { compareText } from '@itsup/config';

/** A container on the network that projects share, with its sockets as its own network namespace has them. */
export interface SharedMember {
  project: string;
  service: string;
  /** On that network. */
  addresses: string[];
  /** `/proc/<pid>/net/tcp` and its siblings. */
  tables: string[];
}

/** One project asks another over that network. */
export interface SharedTalk {
  consumer: { project: string; service: string };
  provider: { project: string; service: string };
  port: number;
}

const LISTENING = 10;

/**
 * Who asks whom over a shared network now, or did so within the last minute: the side that closed keeps the connection
 * that long (TIME_WAIT). Who asks is the side without a socket that listens on the connection's port. A call once a day
 * is not seen. Sorted, each once.
 */
export function talkAmong(members: readonly SharedMember[]): SharedTalk[] {
  const byAddress = new Map(members.flatMap((member) => member.addresses.map((at) => [at, member] as const)));
  const found = new Map<string, SharedTalk>();
  for (const member of members) {
    const sockets = member.tables.flatMap(parseProcNet);
    const listening = new Set(
      sockets.filter(({ state }) => state === LISTENING).map(({ local }) => local.port),
    );
    for (const { local, remote, state } of sockets) {
      const other = byAddress.get(remote.address);
      if (state === LISTENING || other === undefined || other.project === member.project) continue;
      const isAsked = listening.has(local.port);
      const [consumer, provider, port] = isAsked ? [other, member, local.port] : [member, other, remote.port];
      const talk = { consumer: nameOf(consumer), provider: nameOf(provider), port };
      found.set(keyOf(talk), talk);
    }
  }
  return [...found.values()].sort((a, b) => compareText(keyOf(a), keyOf(b)));
}

function nameOf({ project, service }: SharedMember): { project: string; service: string } {
  return { project, service };
}

function keyOf({ consumer, provider, port }: SharedTalk): string {
  return [consumer.project, consumer.service, provider.project, provider.service, port].join(' ');
}
