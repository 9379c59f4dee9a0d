import { isCovered, refusalsIn, type AcmeResolver, type Refusal } from '@itsup/traefik';

import type { DeployContext } from '../context';
import type { DeployedStack } from '../plan/model';
import { changeBook, readBook } from './refused/book';
import { fitStandIns, holdRefused, release } from './refused/held';
import { whereTheyLead } from './lookups';
import {
  orderKey,
  refusalKey,
  type BookedRefusal,
  type CertificateStatus,
  type Standing,
  type WantedCertificate,
} from './model';
import {
  LOG_LINES,
  namesAskedOf,
  ordersOf,
  resolversOf,
  servedBy,
  type RunningTraefik,
} from './running-traefik';
import { isStandIn, makeStandIn } from './refused/stand-in';
import { hasChallengeNow, NO_ADDRESS, reasonToAsk, statusesOf } from './standing';
import { storedCertificates } from './store/stored';
import { wantedOf, type WantedSources } from './wanted';
import { isLate } from './words';

/** How often a deploy that waits looks. */
const INTERVAL_MS = 300;
/** How long Traefik may take to see that a container is gone: it gathers changes for two seconds. */
const OLD_ROUTERS_MS = 6_000;
export interface KeeperOptions extends WantedSources {
  context: Pick<DeployContext, 'docker' | 'reporter' | 'signal' | 'state' | 'system'>;
  /** What was deployed last, by stack; of the others the sources say what runs. It is read anew at each question. */
  deployed?: ReadonlyMap<string, Pick<DeployedStack, 'services'>>;
  /** Where names lead; absent: as the resolver of this host says. */
  whereTheyLead?: typeof whereTheyLead;
}

/**
 * Knows which certificates are wanted, which are there and which were refused, and sees to it that a refused name is
 * not asked for again at every change of Traefik's configuration, which is what Traefik does.
 */
export class CertificateKeeper {
  private readonly whereTheyLead: typeof whereTheyLead;

  constructor(private readonly options: KeeperOptions) {
    this.whereTheyLead = options.whereTheyLead ?? whereTheyLead;
  }

  /** Wanted by what runs of these stacks; null: of all that are enabled. */
  wanted(stacks: readonly string[] | null): WantedCertificate[] {
    return wantedOf(this.options, stacks, (stack) => {
      const deployed = this.options.deployed?.get(stack);
      return deployed && ((service) => (deployed.services[service]?.replicas ?? 0) > 0);
    });
  }

  /** Wanted by a stack once so many containers of each service run; without a number there are none. */
  wantedWith(stack: string, replicas: ReadonlyMap<string, number>): WantedCertificate[] {
    return wantedOf(this.options, [stack], () => (service) => (replicas.get(service) ?? 0) > 0);
  }

  /** Wanted by all that the sources have, whether its services run or not. */
  wantedEver(): WantedCertificate[] {
    return wantedOf(this.options, null, () => () => true);
  }

  /** How things are now; null: no Traefik answers. */
  async look(
    traefik: RunningTraefik,
    wanted: readonly WantedCertificate[],
  ): Promise<CertificateStatus[] | null> {
    const served = await servedBy(traefik.access);
    if (served === null) return null;
    const { context } = this.options;
    const { refusals } = await readBook(context.state);
    const now = context.system.now();
    // Whose a certificate is counts only when it ends.
    const isAnyLate = served.some((one) => !isStandIn(one.issuer) && isLate(one, now));
    const stored = isAnyLate ? await storedCertificates(context) : null;
    return statusesOf(wanted, { served, resolvers: resolversOf(traefik), refusals, now, stored });
  }

  /** Those that routers of the running Traefik ask for. */
  async routed(
    { access }: RunningTraefik,
    wanted: readonly WantedCertificate[],
  ): Promise<WantedCertificate[]> {
    const asked = await namesAskedOf(access);
    return wanted.filter(({ names }) => names.every((name) => isCovered(name, asked)));
  }

  /**
   * Looks until everything is there or refused, or the time is up; what is refused meanwhile is booked.
   * @param since refusals from before count for nothing; milliseconds since the epoch
   */
  async await(
    traefik: RunningTraefik,
    wanted: readonly WantedCertificate[],
    { since, limitMs }: { since: number; limitMs: number },
  ): Promise<CertificateStatus[] | null> {
    const { system, signal, reporter } = this.options.context;
    const until = system.now() + limitMs;
    for (;;) {
      const statuses = await this.look(traefik, wanted);
      const open = statuses?.filter(({ standing }) => mayCome(standing)) ?? [];
      if (statuses === null || open.length === 0) return statuses;
      if (await this.book(traefik, open, since)) continue;
      if (system.now() >= until || signal?.aborted === true) return statuses;
      const names = open.map(({ wanted: one }) => one.names[0]).join(', ');
      reporter.status?.(open[0]?.wanted.stack ?? null, `waits for the certificate of ${names}`);
      await system.sleep(INTERVAL_MS, signal).catch(() => undefined);
    }
  }

  /** Books what the log says was refused, so that it is not asked for again. Whether it was anything. */
  async book(traefik: RunningTraefik, open: readonly CertificateStatus[], since: number): Promise<boolean> {
    const { docker } = this.options.context;
    const log = await docker.logs(traefik.container, { tail: LOG_LINES, since }).catch(() => '');
    const found = refusalsIn(log);
    const { asked } = await readBook(this.options.context.state);
    const refused = open.flatMap(({ wanted }) => {
      // A book of before has the names alone.
      const askedAt = asked[refusalKey(wanted)] ?? asked[orderKey(wanted.names)] ?? 0;
      // Traefik's log counts whole seconds.
      const refusal = found.findLast((one) => concerns(one, wanted) && one.at + 1000 > askedAt);
      return refusal === undefined ? [] : [{ wanted, refusal }];
    });
    if (refused.length > 0) await this.hold(refused, { asked: true, traefik });
    return refused.length > 0;
  }

  /** The same of what was logged since a run last looked at the whole log. */
  async bookSinceLast(traefik: RunningTraefik, open: readonly CertificateStatus[]): Promise<boolean> {
    const { looked } = await readBook(this.options.context.state);
    return this.book(traefik, open, looked);
  }

  /**
   * Before anybody is asked: what has a name without an address anywhere is not asked for.
   * @param traefik null: none runs
   */
  async holdUnknown(wanted: readonly WantedCertificate[], traefik: RunningTraefik | null): Promise<void> {
    const lookups = await this.whereTheyLead(wanted.flatMap(({ names }) => names));
    const unknown = wanted.filter(({ names }) => names.some((name) => lookups[name] === NO_ADDRESS));
    if (unknown.length === 0) return;
    const at = this.options.context.system.now();
    await this.hold(
      unknown.map((one) => ({ wanted: one, refusal: unknownName(one, lookups, at) })),
      { asked: false, traefik },
    );
  }

  /**
   * Lets Traefik ask for what was refused where something has changed since.
   * @param force why it is asked whatever has changed or not; null: it is not
   * @param resolvers of the running Traefik
   * @returns what is asked for, with the reason
   */
  async askAgain(
    refusals: readonly BookedRefusal[],
    force: string | null,
    resolvers: readonly AcmeResolver[] = [],
  ): Promise<{ refusal: BookedRefusal; reason: string }[]> {
    if (refusals.length === 0) return [];
    const lookups = await this.whereTheyLead(refusals.flatMap(({ names }) => names));
    const now = this.options.context.system.now();
    const { failures } = await readBook(this.options.context.state);
    const asked = refusals.flatMap((refusal) => {
      const own = Object.fromEntries(refusal.names.map((name) => [name, lookups[name] ?? NO_ADDRESS]));
      const known = failures[orderKey(refusal.names)];
      const reason =
        force ??
        (hasChallengeNow(refusal, resolvers)
          ? 'its resolver has a challenge for it now'
          : reasonToAsk(refusal, own, now, known));
      return reason === null ? [] : [{ refusal, reason }];
    });
    if (asked.length > 0)
      await release(
        this.options.context,
        asked.map(({ refusal }) => refusalKey(refusal)),
      );
    return asked;
  }

  /** Makes Traefik look at its routes again, and ask for what is missing, by a change that means nothing. */
  async nudge(): Promise<void> {
    const { context } = this.options;
    await changeBook(context, async (book) => ({
      ...book,
      nudge: book.nudge === null ? await makeStandIn(['nobody.invalid'], context.system.now()) : null,
    }));
  }

  /**
   * Lets go of refusals that nobody's certificate is about any more: what stands in for one would pass for the
   * certificate of a name that is asked for by another way now, and Traefik would not ask. What a router that runs asks
   * for stays, whatever the sources say: without what stands in for it, it would be asked for.
   * @param traefik null: none runs, so nobody asks for anything
   * @param near only those that share a name with one of these; null: all
   */
  async forgetUnwanted(
    traefik: RunningTraefik | null,
    near: readonly WantedCertificate[] | null,
  ): Promise<void> {
    const { state, system, signal } = this.options.context;
    const wanted = this.wanted(null);
    const { refusals } = await readBook(state);
    const gone = Object.entries(refusals).filter(([key, { names }]) => {
      const isWanted = wanted.some((one) => refusalKey(one) === key);
      const isNear = near?.some((one) => one.names.some((name) => isCovered(name, names))) ?? true;
      return !isWanted && isNear;
    });
    const left = new Set(gone.map(([key]) => key));
    // Routers of containers that were just removed are seen a moment longer.
    const until = system.now() + (near === null ? 0 : OLD_ROUTERS_MS);
    while (left.size > 0) {
      const asked = traefik === null ? [] : await ordersOf(traefik.access);
      if (asked === null) return;
      const keys = [...left].filter((key) => !asked.some((order) => refusalKey(order) === key));
      if (keys.length > 0) await release(this.options.context, keys);
      for (const key of keys) left.delete(key);
      if (left.size === 0 || system.now() >= until || signal?.aborted === true) return;
      await system.sleep(INTERVAL_MS, signal).catch(() => undefined);
    }
  }

  /** Fits what is held to what is served: see `fitStandIns`. */
  async fit(traefik: RunningTraefik): Promise<void> {
    const served = await servedBy(traefik.access);
    if (served !== null) await fitStandIns(this.options.context, served);
  }

  private async hold(
    refused: readonly { wanted: WantedCertificate; refusal: Refusal }[],
    { asked, traefik }: { asked: boolean; traefik: RunningTraefik | null },
  ): Promise<void> {
    const served = (traefik === null ? null : await servedBy(traefik.access)) ?? [];
    const lookups = await this.whereTheyLead(refused.flatMap(({ wanted }) => wanted.names));
    await holdRefused(this.options.context, refused, { asked, served, lookups });
  }
}

function mayCome(standing: Standing): boolean {
  return standing.state === 'asked' && standing.behind === undefined;
}

/**
 * Traefik names what it asked for, and of whom; of names that share a router it may have had some already. What a line
 * does not name may be anybody's.
 */
function concerns(
  refused: Pick<Refusal, 'names' | 'resolver'>,
  { names, resolver }: WantedCertificate,
): boolean {
  if (refused.resolver !== null && refused.resolver !== resolver) return false;
  return refused.names.length > 0 && refused.names.every((name) => names.includes(name));
}

function unknownName(
  { names, resolver }: WantedCertificate,
  lookups: Readonly<Record<string, string>>,
  at: number,
): Refusal {
  const culprits = names
    .filter((name) => lookups[name] === NO_ADDRESS)
    .map((name) => ({ name, reason: 'DNS has no address for it' }));
  return {
    ...{ names, resolver, at, culprits, isVerdict: false, notBefore: null },
    reason: 'DNS has no address for it',
  };
}
