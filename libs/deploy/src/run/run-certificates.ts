import type { Problem } from '@itsup/config';
import { acmeResolvers, type AcmeResolver } from '@itsup/traefik';

import { PROXY_STACK, type StackOutcome } from '../requests';
import { parsed } from '../proxy/proxy-access';
import { traefikUserOf } from '../proxy/traefik-files';
import { STATIC_FILE } from '../publish/publisher';
import type { Run } from './run';
import { readRecords, writeRecord } from '../state/records';
import { checkStore } from '../certificates/kept-store';
import { runningTraefik, type RunningTraefik } from '../certificates/running-traefik';
import { settleCertificates } from '../certificates/settle';
import type { StoreAccess } from '../certificates/store-file';
import { askForOthers, bookBefore, notRenewed } from '../certificates/sweep';

/** Before a run changes anything. Costs nothing where no resolver is there or to come. */
export async function beforeRun(run: Run, withProxy: boolean): Promise<void> {
  if (resolversOf(run, 'present').length === 0) return;
  const { context, observed } = run;
  const traefik = await runningTraefik(context.state, context.docker, observed);
  if (withProxy) await lookAtStore(run, traefik);
  if (traefik !== null) run.certificatesBefore = await bookBefore(run.certificates, traefik);
}

/** acme.json as Traefik would find it at its next start. What is wrong with it is mended and said. */
async function lookAtStore(run: Run, traefik: RunningTraefik | null): Promise<void> {
  const { context, observed } = run;
  const container = (observed.get(PROXY_STACK) ?? []).find(({ service }) => service === 'traefik');
  if (container === undefined) return;
  const accessOf = async (): Promise<StoreAccess> => {
    const [inspected] = await context.docker.inspectContainers([container.id]);
    return {
      context,
      image: container.image,
      user: traefikUserOf({ user: inspected?.user ?? '' }),
      container: inspected?.running === true ? container.id : null,
    };
  };
  const { notes, reason } = await checkStore(context, accessOf, traefik);
  for (const note of notes) context.reporter.line(PROXY_STACK, `note: ${note}`);
  run.replaceTraefik = reason;
}

/** Before the routers of a stack come: what has no address anywhere is not asked for. */
export async function beforeStack(run: Run, stack: string): Promise<void> {
  const resolvers = resolversOf(run, 'desired');
  const wanted = run.certificates
    .wanted([stack])
    .filter(({ resolver }) =>
      resolvers.some(({ name, challenge }) => name === resolver && challenge !== 'dns'),
    );
  if (wanted.length === 0) return;
  const { context, observed } = run;
  const traefik = await runningTraefik(context.state, context.docker, observed);
  const statuses = traefik === null ? null : await run.certificates.look(traefik, wanted);
  const missing =
    statuses?.filter(({ standing }) => standing.state === 'asked').map(({ wanted: one }) => one) ?? wanted;
  await run.certificates.holdUnknown(missing);
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
  const { lines, outcome: settled } = await settleCertificates(
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
  return settled;
}

/**
 * After a run: what it had nothing to do with is asked for again where that may be.
 * @param hasDeployed something changed, so what was found before may not stand any more
 * @returns certificates that should have been renewed long ago, of which the operator was not told today
 */
export async function afterRun(run: Run, hasDeployed: boolean): Promise<Problem[]> {
  if (resolversOf(run, 'desired').length === 0) return [];
  const { context, certificates, order } = run;
  await askForOthers(context, certificates, order);
  if (!hasDeployed && run.certificatesBefore !== null) return notRenewed(context, run.certificatesBefore);
  const traefik = await runningTraefik(context.state, context.docker, run.observed);
  const statuses = traefik === null ? null : await certificates.look(traefik, certificates.wanted(null));
  return notRenewed(context, statuses ?? []);
}

function resolversOf({ publisher }: Run, version: 'present' | 'desired'): AcmeResolver[] {
  const versions = publisher.versionsOf(STATIC_FILE);
  const text = version === 'present' ? versions.present : (versions.desired ?? versions.present);
  return text === null ? [] : acmeResolvers(parsed(text));
}
