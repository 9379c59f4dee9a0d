import { http, tcp, udp } from '../harness/traffic/clients';
import { eventually } from '../harness/eventually';
import { openLedger, type Ledger } from './ledger';
import { SNI_NAME } from './load-project';
import type { Profile } from './profile';
import { startLoad, type Load } from './start-load';
import type { Tally } from './tally';

/** A load with its ledger, as the tests look at it. */
export interface LoadRun {
  ledger: Ledger;
  load: Load;
  /** Failures by profile and reason since the last call; held connections that ended with their container aside. */
  failures(): Record<string, Record<string, number>>;
  /** Ends the load; POSTs that were not carried out exactly once are failures too. */
  end(): Promise<{ tallies: Record<string, Tally>; failures: Record<string, Record<string, number>> }>;
}

const cutWithItsContainer = 'closed while waiting';

/**
 * Profiles of every kind that a rollout must not disturb at all, at rates that leave a small machine room to work.
 *
 * @param target.slowMs how long slow responses take; a rollout waits for them. Default 3000
 */
export function allProfiles(target: {
  webSecure: number;
  host: string;
  tcp?: number;
  udp?: number;
  slowMs?: number;
}): Profile[] {
  const { host, webSecure: port, slowMs = 3_000 } = target;
  const http = { kind: 'http' as const, origin: `https://127.0.0.1:${port}`, host, timeoutMs: 30_000 };
  const address = '127.0.0.1';
  return [
    { ...http, name: 'new connections', keepAlive: false, perSecond: 5 },
    { ...http, name: 'kept connections', keepAlive: true, perSecond: 15 },
    { ...http, name: 'posts', method: 'POST', keepAlive: true, perSecond: 5 },
    { ...http, name: 'slow responses', path: `/?wait=${slowMs}`, keepAlive: true, perSecond: 1 },
    { ...http, name: 'slow streams', path: `/?wait=${slowMs}&parts=3`, keepAlive: false, perSecond: 1 },
    {
      kind: 'tcp',
      name: 'tcp by SNI',
      address,
      port,
      servername: SNI_NAME,
      perSecond: 5,
      timeoutMs: 30_000,
    },
    {
      kind: 'tcp',
      name: 'tcp',
      address,
      port: target.tcp ?? 0,
      perSecond: target.tcp ? 5 : 0,
      timeoutMs: 30_000,
    },
    {
      kind: 'udp',
      name: 'udp',
      address,
      port: target.udp ?? 0,
      perSecond: target.udp ? 5 : 0,
      timeoutMs: 10_000,
    },
  ];
}

/** How long a client of `shortProfiles` waits: longer than any gap that a test makes. */
export const SHORT_LIMIT_MS = 70_000;

/**
 * Requests by HTTP and TCP, for a recreate: none takes long, and UDP cannot wait.
 * @param perSecond of all of them
 */
export function shortProfiles(target: Parameters<typeof allProfiles>[0], perSecond = 100): Profile[] {
  /** Of two hundred. */
  const rates: Record<string, number> = {
    'new connections': 60,
    'kept connections': 60,
    posts: 50,
    'tcp by SNI': 15,
    tcp: 15,
  };
  return allProfiles(target).flatMap((profile) => {
    const rate = rates[profile.name];
    return rate === undefined
      ? []
      : [{ ...profile, perSecond: (rate * perSecond) / 200, timeoutMs: SHORT_LIMIT_MS }];
  });
}

/** A websocket, which ends with its container. */
export function websocketProfile({ webSecure, host }: { webSecure: number; host: string }): Profile {
  return {
    kind: 'held',
    name: 'websocket',
    via: 'websocket',
    count: 1,
    address: '127.0.0.1',
    port: webSecure,
    host,
    tls: true,
    perSecond: 1,
  };
}

/** Starts the load as soon as every kind of it is answered. */
export async function openLoadRun(profiles: Profile[], ledger?: Ledger): Promise<LoadRun> {
  const book = ledger ?? (await openLedger());
  for (const profile of profiles) await eventually(() => probe(profile));
  const load = startLoad(profiles);
  let seen: Record<string, Tally> = {};
  const since = (tallies: Record<string, Tally>): Record<string, Record<string, number>> => {
    const found: Record<string, Record<string, number>> = {};
    for (const [profile, tally] of Object.entries(tallies)) {
      for (const [reason, count] of Object.entries(tally.failures)) {
        const fresh = count - (seen[profile]?.failures[reason] ?? 0);
        if (fresh > 0 && reason !== cutWithItsContainer) (found[profile] ??= {})[reason] = fresh;
      }
    }
    seen = tallies;
    return found;
  };
  return {
    ledger: book,
    load,
    failures: () => since(load.tallies()),
    end: async () => {
      const tallies = await load.stop();
      const failures = since(tallies);
      const missing = book.missing(load.answeredPosts()).length;
      const twice = book.twice().length;
      if (missing + twice > 0) failures['ledger'] = { missing, twice };
      await book.close();
      return { tallies, failures };
    },
  };
}

/**
 * Before Traefik has a route for it, an entry point takes a connection for HTTP, and lets one that says less than `PRI
 * * HTTP/2.0` wait for the rest.
 *
 * @throws Error when nothing answers
 */
async function probe(profile: Profile): Promise<void> {
  if (profile.perSecond === 0 || profile.kind === 'held' || profile.kind === 'reset') return;
  if (profile.kind === 'tcp') {
    const { address, port, servername } = profile;
    await tcp({ address, port, send: 'ping\n', ...(servername !== undefined && { servername }) });
  } else if (profile.kind === 'udp') {
    await udp({ address: profile.address, port: profile.port, send: 'ping' });
  } else {
    const { protocol, hostname, port } = new URL(profile.origin);
    const address = hostname.replace(/^\[|\]$/g, '');
    const tls = protocol === 'https:';
    const { status } = await http({ address, port: Number(port), tls, host: profile.host });
    if (status !== 200) throw new Error(`${profile.name}: HTTP status ${status}`);
  }
}
