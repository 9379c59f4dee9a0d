import type { Problem } from '@itsup/config';

import type { AcmeResolver } from '@itsup/traefik';

import type { DeployContext } from '../context';
import { PROXY_STACK, type StackOutcome } from '../requests';
import { readBook } from './refused/book';
import type { CertificateKeeper } from './keeper';
import { resolversOf, type RunningTraefik } from './running-traefik';
import { refusalKey, type BookedRefusal, type CertificateStatus, type WantedCertificate } from './model';
import { inTheWayOf } from './standing';
import { certificateProblem, inWords, namesInShort } from './words';

export interface AwaitOptions {
  context: Pick<DeployContext, 'reporter' | 'state' | 'system'>;
  keeper: CertificateKeeper;
  /** null: none runs, which is told elsewhere. */
  traefik: RunningTraefik | null;
  /** Seconds that a deploy waits; 0: not at all, and then nothing that is missing fails it. */
  waitSeconds: number;
}

export interface AwaitedCertificates {
  outcome: StackOutcome;
  /** How things are with the stack's own, for its record. */
  lines: string[];
}

/**
 * Says how things are with the certificates of a stack that was deployed: waits for those that are on their way, and
 * fails where one cannot come. A stack that did not change is looked at, and says nothing of what is there.
 */
export async function awaitCertificates(
  { context, keeper, traefik, waitSeconds }: AwaitOptions,
  outcome: StackOutcome,
): Promise<AwaitedCertificates> {
  const { stack, status } = outcome;
  const nothing = { outcome, lines: [] };
  if (traefik === null || (status !== 'deployed' && status !== 'unchanged')) return nothing;
  const isNew = status === 'deployed';
  const resolvers = resolversOf(traefik);
  const isAskable = ({ resolver }: WantedCertificate): boolean =>
    resolvers.some(({ name }) => name === resolver);
  const own = keeper.wanted([stack]);
  // A proxy with other resolvers may have changed everybody's, as far as their routers are there.
  const others = isNew && stack === PROXY_STACK ? await keeper.routed(traefik, keeper.wanted(null)) : [];
  const wanted = [...own, ...others.filter((one) => one.stack !== stack)].filter(isAskable);
  if (wanted.length === 0) return nothing;
  const { system, reporter } = context;
  const began = system.now();
  // Not before the routers of now are there: those of before would ask for the old names once more.
  await keeper.forgetUnwanted(traefik, own);
  const before = await keeper.look(traefik, wanted);
  if (before === null) return nothing;
  if (!isNew && before.every(({ standing }) => standing.state === 'there')) return nothing;
  const { refusals } = await readBook(context.state);
  const refused = refusedOf(before);
  const asked = [
    ...(await keeper.askAgain(refused, null, resolvers)),
    ...(await clearTheWay(keeper, before, refusals)),
  ];
  for (const { refusal, reason } of asked)
    reporter.line(stack, `asks again for the certificate of ${namesInShort(refusal.names)}: ${reason}`);
  const since = isNew ? began - outcome.durationMs : 0;
  if (!isNew && asked.length === 0) await askWhatNobodyAsked(keeper, traefik, before, since);
  const limitMs = waitSeconds * 1000;
  // What the log says from before was looked through already.
  const from = asked.length > 0 || !isNew ? Math.max(since, began) : since;
  let after = (await keeper.await(traefik, wanted, { since: from, limitMs })) ?? before;
  const misled = isNew && stack === PROXY_STACK ? misledIn(after, resolvers, from) : [];
  if (misled.length > 0) {
    const again = system.now();
    await keeper.askAgain(misled, 'a hand-over misled its challenge');
    after = (await keeper.await(traefik, wanted, { since: again, limitMs })) ?? after;
  }
  await keeper.fit(traefik);
  const now = system.now();
  const problems: Problem[] = [];
  for (const each of after) {
    const isOwn = each.wanted.stack === stack;
    // Of other stacks' what was refused before is told with their own deploys.
    if (!isOwn && (each.standing.state === 'there' || isOld(each, refusals))) continue;
    if (each.standing.state === 'there') {
      if (isNew)
        reporter.line(stack, `certificate of ${namesInShort(each.wanted.names)}: ${inWords(each, now)}`);
      continue;
    }
    const problem = certificateProblem(each, resolvers, { now, waitedMs: now - began });
    if (problem === null) continue;
    if (waitSeconds > 0) problems.push(problem);
    else reporter.line(each.wanted.stack, `note: ${problem.message}`);
  }
  const lines = after
    .filter((each) => each.wanted.stack === stack)
    .map((each) => `${namesInShort(each.wanted.names)}: ${inWords(each, now)}`);
  if (problems.length === 0) return { outcome, lines };
  return { outcome: { ...outcome, status: 'failed', problems: [...outcome.problems, ...problems] }, lines };
}

/**
 * What stands in for a wildcard that was refused keeps every host below it from being asked for, also of another
 * resolver: it goes until those are asked for, and the wildcard is asked for with them.
 */
async function clearTheWay(
  keeper: CertificateKeeper,
  statuses: readonly CertificateStatus[],
  refusals: Readonly<Record<string, BookedRefusal>>,
): ReturnType<CertificateKeeper['askAgain']> {
  const asked = [];
  const seen = new Set<string>();
  for (const { wanted, standing } of statuses) {
    if (standing.state !== 'asked' || standing.behind !== undefined) continue;
    const blocking = inTheWayOf(wanted, refusals).filter((one) => !seen.has(refusalKey(one)));
    for (const one of blocking) seen.add(refusalKey(one));
    const reason = `it keeps ${namesInShort(wanted.names)} from being asked for`;
    asked.push(...(await keeper.askAgain(blocking, reason)));
  }
  return asked;
}

/**
 * Traefik tries once at each change of its configuration: after a failure that nobody saw nothing may have changed
 * since.
 */
async function askWhatNobodyAsked(
  keeper: CertificateKeeper,
  traefik: RunningTraefik,
  statuses: readonly CertificateStatus[],
  since: number,
): Promise<void> {
  const open = statuses.filter(({ standing }) => standing.state === 'asked' && standing.behind === undefined);
  if (open.length > 0 && !(await keeper.book(traefik, open, since))) await keeper.nudge();
}

/**
 * What was refused while a hand-over redirected the public ports, where a challenge by TLS cannot be led to the
 * instance that asked. It is asked for once more.
 */
function misledIn(
  statuses: readonly CertificateStatus[],
  resolvers: readonly AcmeResolver[],
  since: number,
): BookedRefusal[] {
  const byTls = resolvers.filter(({ challenge }) => challenge === 'tls').map(({ name }) => name);
  return refusedOf(statuses).filter(
    ({ resolver, at, asked }) => asked && at >= since && byTls.includes(resolver),
  );
}

function refusedOf(statuses: readonly CertificateStatus[]): BookedRefusal[] {
  return statuses.flatMap(({ standing }) => (standing.state === 'refused' ? [standing.refusal] : []));
}

function isOld(
  { wanted, standing }: CertificateStatus,
  before: Readonly<Record<string, BookedRefusal>>,
): boolean {
  return standing.state === 'refused' && before[refusalKey(wanted)]?.at === standing.refusal.at;
}
