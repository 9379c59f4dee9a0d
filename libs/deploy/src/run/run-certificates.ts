import type { Problem } from '@itsup/config';
import { acmeResolvers, type AcmeResolver } from '@itsup/traefik';

import { givenUpIn, NOTHING_GIVEN_UP } from '../certificates/refused/given-up';
import { observeNow } from '../engine/list-engine';
import { PROXY_STACK, TRAEFIK, type StackOutcome } from '../requests';
import { parsed } from '../proxy/proxy-access';
import { traefikUserOf } from '../proxy/traefik-files';
import { STATIC_FILE } from '../publish/published-file';
import type { Run } from './run';
import { readRecords, writeRecord } from '../state/records';
import { checkStore, keepStore, storeFlaw } from '../certificates/store/kept-store';
import { servedBy, runningTraefik, type RunningTraefik } from '../certificates/running-traefik';
import { awaitCertificates } from '../certificates/await-certificates';
import { flawOf } from '../certificates/store/store-copy';
import { readStore, type StoreAccess } from '../certificates/store/store-file';
import { askForOthers, bookAfter, bookBefore, notRenewed } from '../certificates/around-run';

/** Before a run changes anything. Costs nothing where no resolver is there or to come. */
export async function beforeRun(run: Run, withProxy: boolean): Promise<void> {
  if (resolversOf(run, 'present').length === 0) return;
  const { context, observed } = run;
  const traefik = await runningTraefik(context.state, context.docker, observed);
  const found = storeAccessOf(run);
  const access = withProxy ? found : null;
  if (access !== null) await lookAtStore(run, access, traefik);
  else if (found !== null) await sayWhatIsWrong(run, found);
  if (traefik === null) return;
  run.certificatesBefore = await bookBefore(run.certificates, traefik);
  if (access !== null) await lookForGivenUp(run, access, traefik);
}

/** How to reach acme.json as its owner; asks the engine when called. */
type AccessOf = () => Promise<StoreAccess>;

/** null: there is no container of Traefik. */
function storeAccessOf({ context, observed }: Pick<Run, 'context' | 'observed'>): AccessOf | null {
  const container = (observed.get(PROXY_STACK) ?? []).find(({ service }) => service === TRAEFIK);
  if (container === undefined) return null;
  return async () => {
    const [inspected] = await context.docker.inspectContainers([container.id]);
    return {
      context,
      image: container.image,
      user: traefikUserOf({ user: inspected?.user ?? '' }),
      container: inspected?.running === true ? container.id : null,
    };
  };
}

/** acme.json as Traefik would find it at its next start. What is wrong with it is mended and said. */
async function lookAtStore(run: Run, accessOf: AccessOf, traefik: RunningTraefik | null): Promise<void> {
  const wanted = (): string[] => run.certificates.wanted(null).flatMap(({ names }) => names);
  const { notes, reason } = await checkStore(run.context, accessOf, traefik, wanted);
  for (const note of notes) run.context.reporter.line(PROXY_STACK, `note: ${note}`);
  run.replaceTraefik = reason;
}

/** It is the proxy's, so what is wrong with it is mended when that is deployed. */
async function sayWhatIsWrong({ context }: Run, accessOf: AccessOf): Promise<void> {
  const flaw = await storeFlaw(context, accessOf);
  if (flaw !== null)
    context.reporter.line(null, `note: acme.json: ${flaw}; put it right: itsup deploy ${PROXY_STACK}`);
}

/** Traefik renews what it has; what nobody asks for any more goes, and Traefik is replaced for it. */
async function lookForGivenUp(run: Run, accessOf: AccessOf, traefik: RunningTraefik): Promise<void> {
  const { context, certificates, broken } = run;
  // What the sources want is not known as a whole.
  if (broken.size > 0) return;
  const served = await servedBy(traefik.access);
  if (served === null) return;
  const store = async (): Promise<string> => {
    const text = (await readStore(await accessOf())) ?? '';
    return flawOf(text) === null ? text : '';
  };
  const resolvers = acmeResolvers(traefik.access.staticConfiguration);
  // A service that is stopped for a while gives nothing up.
  const wanted = certificates.wantedEver().flatMap(({ names }) => names);
  run.givenUp = await givenUpIn({ context, traefik, resolvers, served, wanted, store });
  const { fingerprints, names, ended } = run.givenUp;
  if (fingerprints.length === 0) return;
  const reason =
    names.length > 0
      ? `would renew what nobody asks for any more: ${names.slice(0, 3).join(', ')}`
      : `could not renew what has ended: ${ended.slice(0, 3).join(', ')}`;
  run.replaceTraefik ??= reason;
}

/**
 * After the stacks of a run: whether names were given up in it whose certificates Traefik would renew at any moment, so
 * that it is to be replaced once more.
 */
export async function hasGivenUp(run: Run): Promise<boolean> {
  if (resolversOf(run, 'present').length === 0) return false;
  const { context } = run;
  const observed = await observeNow(context.docker);
  const traefik = await runningTraefik(context.state, context.docker, observed);
  const access = storeAccessOf({ context, observed });
  run.replaceTraefik = null;
  run.givenUp = NOTHING_GIVEN_UP;
  if (traefik === null || access === null) return false;
  await lookForGivenUp(run, access, traefik);
  return run.givenUp.fingerprints.length > 0;
}

/**
 * Before the routers of a stack come: what has no address anywhere is not asked for.
 * @param services that it is to have, with their containers
 */
export async function beforeStack(
  run: Run,
  stack: string,
  services: readonly { name: string; replicas: number }[],
): Promise<void> {
  const resolvers = resolversOf(run, 'desired');
  const wanted = run.certificates
    .wantedWith(stack, new Map(services.map(({ name, replicas }) => [name, replicas])))
    .filter(({ resolver }) =>
      resolvers.some(({ name, challenge }) => name === resolver && challenge !== 'dns'),
    );
  if (wanted.length === 0) return;
  const { context, observed } = run;
  const traefik = await runningTraefik(context.state, context.docker, observed);
  const statuses = traefik === null ? null : await run.certificates.look(traefik, wanted);
  const missing =
    statuses?.filter(({ standing }) => standing.state === 'asked').map(({ wanted: one }) => one) ?? wanted;
  await run.certificates.holdUnknown(missing, traefik);
}

/** How things are with the certificates of a stack, said; its outcome is another one where one cannot come. */
export async function afterStack(
  run: Run,
  observed: Run['observed'],
  outcome: StackOutcome,
): Promise<StackOutcome> {
  const { context, certificates, request } = run;
  if (resolversOf(run, 'desired').length === 0) return outcome;
  const before = run.certificatesBefore?.filter(({ wanted }) => wanted.stack === outcome.stack);
  const areAllThere = before?.every(({ standing }) => standing.state === 'there') ?? false;
  if (outcome.status === 'unchanged' && areAllThere) return outcome;
  const { lines, outcome: awaited } = await awaitCertificates(
    {
      context,
      keeper: certificates,
      traefik: await runningTraefik(context.state, context.docker, observed),
      waitSeconds: request.workspace.settings.letsEncrypt.wait,
    },
    outcome,
  );
  const [record] = lines.length === 0 ? [] : await readRecords(context.state, outcome.stack, 1);
  // Of a stack that did not change the record is an older one, and tells how things are since.
  if (record !== undefined) await writeRecord(context.state, { ...record, certificates: lines });
  return awaited;
}

/**
 * After a run: what it had nothing to do with is asked for again where that may be.
 * @param hasDeployed something changed, so what was found before may not stand any more
 * @returns certificates that should have been renewed long ago, of which the operator was not told today
 */
export async function afterRun(run: Run, hasDeployed: boolean): Promise<Problem[]> {
  if (resolversOf(run, 'desired').length === 0) return [];
  const { context, certificates, order } = run;
  const observed = hasDeployed ? await observeNow(context.docker) : run.observed;
  const traefik = await runningTraefik(context.state, context.docker, observed);
  await askForOthers(context, certificates, traefik, order);
  const access = storeAccessOf({ context, observed });
  if (!hasDeployed && run.certificatesBefore !== null) {
    // Nothing changed, and yet a certificate may have come that was asked for again.
    if (access !== null) await keepStore(context, access);
    return notRenewed(context, run.certificatesBefore);
  }
  const statuses = traefik === null ? null : await certificates.look(traefik, certificates.wanted(null));
  if (traefik === null || statuses === null) return [];
  await bookAfter(context, certificates, traefik, statuses);
  if (access !== null) await keepStore(context, access);
  return notRenewed(context, statuses);
}

function resolversOf({ publisher }: Run, version: 'present' | 'desired'): AcmeResolver[] {
  const versions = publisher.versionsOf(STATIC_FILE);
  const text = version === 'present' ? versions.present : (versions.desired ?? versions.present);
  return text === null ? [] : acmeResolvers(parsed(text));
}
