import type { Problem } from '@itsup/config';

import type { DeployContext } from '../context';
import { changeBook, readBook } from './refused/book';
import type { CertificateKeeper } from './keeper';
import { resolversOf, type RunningTraefik } from './running-traefik';
import { refusalKey, type CertificateStatus } from './model';
import { endingInWords, isLate, namesInShort } from './words';

const DAY_MS = 24 * 60 * 60_000;

/**
 * Before a run changes anything: what was refused since somebody last looked is booked, or the first change would have
 * it asked for again.
 * @returns how things are with all that is wanted; null: no Traefik answers
 */
export async function bookBefore(
  keeper: CertificateKeeper,
  traefik: RunningTraefik,
): Promise<CertificateStatus[] | null> {
  const wanted = keeper.wanted(null);
  await keeper.fit(traefik);
  const statuses = await keeper.look(traefik, wanted);
  const open = statuses?.filter(({ standing }) => standing.state === 'asked') ?? [];
  if (open.length === 0 || !(await keeper.bookSinceLast(traefik, open))) return statuses;
  return keeper.look(traefik, wanted);
}

/**
 * After a run: books what was refused while nobody waited for it, so that the log need not be looked at from its
 * beginning again.
 */
export async function bookAfter(
  { state, system }: Pick<DeployContext, 'state' | 'system'>,
  keeper: CertificateKeeper,
  traefik: RunningTraefik,
  statuses: readonly CertificateStatus[],
): Promise<void> {
  const open = statuses.filter(({ standing }) => standing.state === 'asked');
  const { asked } = await readBook(state);
  if (open.length === 0 && Object.keys(asked).length === 0) return;
  const looked = system.now();
  if (open.length > 0) await keeper.bookSinceLast(traefik, open);
  await changeBook({ state, system }, (book) => ({
    ...book,
    looked,
    asked: Object.fromEntries(Object.entries(book.asked).filter(([, at]) => at >= looked)),
  }));
}

/**
 * After a run: what was refused and may be asked for again is, for stacks that the run had nothing to do with. Nobody
 * waits for it.
 */
export async function askForOthers(
  { state, reporter }: Pick<DeployContext, 'state' | 'reporter'>,
  keeper: CertificateKeeper,
  traefik: RunningTraefik | null,
  stacks: readonly string[],
): Promise<void> {
  await keeper.forgetUnwanted(traefik, null);
  if (traefik !== null) await keeper.fit(traefik);
  const { refusals } = await readBook(state);
  const held = Object.entries(refusals);
  if (held.length === 0) return;
  const own = new Set(keeper.wanted(stacks).map(refusalKey));
  const others = held.flatMap(([key, refusal]) => (own.has(key) ? [] : [refusal]));
  const resolvers = traefik === null ? [] : resolversOf(traefik);
  for (const { refusal, reason } of await keeper.askAgain(others, null, resolvers))
    reporter.line(null, `asks again for the certificate of ${namesInShort(refusal.names)}: ${reason}`);
}

/** Certificates that end soon and were not renewed; each is told of once a day. */
export async function notRenewed(
  context: Pick<DeployContext, 'state' | 'system'>,
  statuses: readonly CertificateStatus[],
): Promise<Problem[]> {
  const now = context.system.now();
  const ending = statuses.flatMap(({ wanted, standing }) => {
    if (standing.state !== 'there' || !isLate(standing, now)) return [];
    return [{ wanted, ...endingInWords(standing, now), isFile: standing.isFile === true }];
  });
  if (ending.length === 0) return [];
  const { told } = await readBook(context.state);
  const untold = ending.filter(({ wanted }) => now - (told[wanted.names[0] ?? ''] ?? 0) > DAY_MS);
  if (untold.length === 0) return [];
  await changeBook(context, (book) => ({
    ...book,
    told: {
      ...Object.fromEntries(Object.entries(book.told).filter(([, at]) => now - at <= DAY_MS)),
      ...Object.fromEntries(untold.map(({ wanted }) => [wanted.names[0] ?? '', now])),
    },
  }));
  return untold.map(({ wanted, text, cure, isFile }) => ({
    code: 'certificate-ends',
    severity: 'warning',
    project: wanted.stack,
    message: `the certificate of ${namesInShort(wanted.names)} ${text}`,
    help: isFile ? cure : `${cure}; then: itsup restart proxy`,
  }));
}
