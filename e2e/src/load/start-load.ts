import { arrive } from './arrivals';
import { httpTraffic } from './http-traffic';
import type { Profile } from './profile';
import { resetTraffic } from './reset-traffic';
import { heldConnections, tcpTraffic, udpTraffic } from './socket-traffic';
import { Counter, type Tally } from './tally';

export interface Load {
  /** Requests that start from now on have to be answered by this version; null: by any. */
  expectVersion(version: string | null): void;
  /** Outcomes so far, by profile. */
  tallies(): Record<string, Tally>;
  /** Ids of all answered POSTs, for the ledger. */
  answeredPosts(): Set<string>;
  /** When (performance.now()) held connections were closed by the other end. */
  closings(): number[];
  /** Stops the arrivals, waits for what is under way and returns the outcomes. */
  stop(): Promise<Record<string, Tally>>;
}

interface Running {
  profile: Profile;
  counter: Counter;
  stop(): void;
  close(): void;
}

/** Starts all profiles at once. */
export function startLoad(profiles: Profile[]): Load {
  let version: string | null = null;
  const expected = (): string | null => version;
  const answered: Set<string>[] = [];
  const closings: number[][] = [];
  const running: Running[] = profiles
    .filter((profile) => profile.perSecond > 0)
    .map((profile) => {
      const counter = new Counter();
      if (profile.kind === 'http') {
        const traffic = httpTraffic(profile, counter, expected);
        answered.push(traffic.answered);
        return { profile, counter, stop: arrive(profile.perSecond, traffic.send), close: traffic.close };
      }
      if (profile.kind === 'held') {
        const held = heldConnections(profile, counter);
        closings.push(held.closings);
        return { profile, counter, stop: arrive(profile.perSecond, held.send), close: held.close };
      }
      if (profile.kind === 'udp') {
        const traffic = udpTraffic(profile, counter, expected);
        return { profile, counter, stop: arrive(profile.perSecond, traffic.send), close: traffic.close };
      }
      if (profile.kind === 'reset') {
        const traffic = resetTraffic(profile, counter);
        return { profile, counter, stop: arrive(profile.perSecond, traffic.send), close: traffic.close };
      }
      const { send } = tcpTraffic(profile, counter, expected);
      return { profile, counter, stop: arrive(profile.perSecond, send), close: () => undefined };
    });
  const tallies = (): Record<string, Tally> =>
    Object.fromEntries(running.map(({ profile, counter }) => [profile.name, counter.tally()]));

  return {
    expectVersion: (wanted) => (version = wanted),
    tallies,
    answeredPosts: () => new Set(answered.flatMap((ids) => [...ids])),
    closings: () => closings.flat(),
    stop: async () => {
      running.forEach(({ stop }) => stop());
      const longest = Math.max(...running.map(({ profile }) => profile.timeoutMs ?? 10_000));
      const due = Date.now() + longest + 500;
      while (Date.now() < due && running.some(({ profile, counter }) => isBusy(profile, counter))) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      running.forEach(({ close }) => close());
      return tallies();
    },
  };
}

function isBusy(profile: Profile, counter: Counter): boolean {
  if (profile.kind === 'held') return false;
  const { sent, ok, failures } = counter.tally();
  return sent > ok + Object.values(failures).reduce((sum, count) => sum + count, 0);
}
