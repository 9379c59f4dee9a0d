import { UserError, type Workspace } from '@itsup/config';
import type { ContainerSummary } from '@itsup/docker';
import { routeWorkspace } from '@itsup/routing';
import { isCovered } from '@itsup/traefik';

import { CertificateKeeper } from './keeper';
import type { BookedRefusal, CertificateStatus } from './model';
import { runningTraefik, type RunningTraefik } from './running-traefik';
import type { DeployContext } from '../context';
import { createSecretsReader } from '../desired/environment/secrets';
import { hostCircumstances } from '../desired/environment/host-circumstances';
import { byProject, observe } from '../plan/observe';
import { composeContainers } from '../engine/list-engine';
import { deployedFiles } from '../state/deployed';

interface Looked {
  keeper: CertificateKeeper;
  traefik: RunningTraefik;
  statuses: CertificateStatus[];
}

/**
 * Every certificate that a router asks for, and how things are with it. Changes nothing.
 * @throws UserError where no Traefik answers
 */
export async function certificatesOf(
  context: DeployContext,
  workspace: Workspace,
): Promise<CertificateStatus[]> {
  return (await look(context, workspace)).statuses;
}

/**
 * The same where that is one question among others; null: no Traefik answers.
 * @param listing of the engine's containers; absent: it is asked
 */
export async function certificatesOrNull(
  context: DeployContext,
  workspace: Workspace,
  listing?: ContainerSummary[],
): Promise<CertificateStatus[] | null> {
  try {
    return (await look(context, workspace, listing)).statuses;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/**
 * Has Traefik ask again for what was refused, now, and waits for the answer.
 * @param names any of a certificate's; empty: all that is missing
 * @throws UserError where no Traefik answers, or nobody asks for such a name
 */
export async function retryCertificates(
  context: DeployContext,
  workspace: Workspace,
  names: readonly string[],
): Promise<CertificateStatus[]> {
  const { keeper, traefik, statuses } = await look(context, workspace);
  await keeper.fit(traefik);
  const unknown = names.find((name) => !statuses.some(({ wanted }) => isCovered(name, wanted.names)));
  if (unknown !== undefined) {
    throw new UserError({
      code: 'certificate-unknown',
      severity: 'error',
      message: `no router asks for a certificate for ${unknown}`,
      help: 'itsup certificates lists all',
    });
  }
  const chosen = statuses.filter(
    ({ wanted, standing }) =>
      (standing.state === 'refused' || standing.state === 'asked') &&
      (names.length === 0 || names.some((name) => isCovered(name, wanted.names))),
  );
  if (chosen.length === 0)
    return statuses.filter(({ wanted }) => names.some((name) => isCovered(name, wanted.names)));
  const since = context.system.now();
  const refused = chosen.flatMap(({ standing }): BookedRefusal[] => {
    if (standing.state === 'refused') return [standing.refusal];
    return standing.state === 'asked' && standing.behind !== undefined ? [standing.behind] : [];
  });
  if ((await keeper.askAgain(refused, 'you ask for it')).length === 0) await keeper.nudge();
  const wanted = chosen.map((one) => one.wanted);
  const limitMs = retryWaitMs(workspace.settings.letsEncrypt);
  const answered = (await keeper.await(traefik, wanted, { since, limitMs })) ?? chosen;
  await keeper.fit(traefik);
  return answered;
}

/** What the settings have by default (`letsencrypt.wait`). */
const RETRY_WAIT_MS = 60_000;

/** How long who asks again waits for the answer: it is what they ask for, also where deploys do not wait. */
export function retryWaitMs({ wait }: { wait: number }): number {
  return wait === 0 ? RETRY_WAIT_MS : wait * 1000;
}

async function look(
  context: DeployContext,
  workspace: Workspace,
  known?: ContainerSummary[],
): Promise<Looked> {
  const listing = known ?? (await composeContainers(context.docker));
  const traefik = await runningTraefik(context.state, context.docker, byProject(observe(listing)));
  // Before anything is read, and secrets decrypted, for nothing.
  if (traefik === null) throw traefikAbsent();
  const secrets = createSecretsReader(context.root, context.docker);
  const { lookups } = await hostCircumstances(context, workspace, secrets);
  const deployed = await deployedFiles(context.state);
  const routing = routeWorkspace(workspace);
  const keeper = new CertificateKeeper({ context, workspace, routing, lookups, deployed });
  const statuses = await keeper.look(traefik, keeper.wanted(null));
  if (statuses === null) throw traefikAbsent();
  return { keeper, traefik, statuses };
}

function traefikAbsent(): UserError {
  return new UserError({
    code: 'traefik-absent',
    severity: 'error',
    message: 'no Traefik of this workspace answers, so which certificates it has is not known',
    help: 'start it: itsup deploy proxy',
  });
}
