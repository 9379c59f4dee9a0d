import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

import { PROXY_COMPOSE_FILE } from '@itsup/artifacts';
import { UserError, type Problem } from '@itsup/config';
import { ofComposeProject, type ContainerSummary } from '@itsup/docker';

import { composeContainers } from '../../engine/list-engine';
import type { DeployContext } from '../../context';
import { recordedPath, type Relocation } from '../../desired/files/relocation';
import { copyCertificates } from '../../proxy/traefik-files';
import { findStateInUse, noteOn, stateProblem, type StateInUse } from '../../proxy/state-in-use';
import { TRAEFIK, PROXY_STACK } from '../../requests';
import { backupState, restoreState, type ReadForeign } from '../../state/backup';
import { readIdentity } from '../../state/identity';
import { openState, type State } from '../../state/state';

/** With `adopt`: what the state folder has that the proxy runs with comes into one that is nobody's yet. */
export async function takeOverState(context: DeployContext): Promise<void> {
  const listing = await composeContainers(context.docker);
  const composeFile = path.join(context.root, PROXY_COMPOSE_FILE);
  const inUse = await findStateInUse(context, listing, composeFile, false);
  const traefik = listing.find(
    ({ compose }) => compose?.project === PROXY_STACK && compose.service === TRAEFIK,
  );
  await adoptState(context, inUse, traefik?.image ?? '');
}

/**
 * With which state folder the proxy runs; what is out of the ordinary is told.
 * @throws UserError when that is another one
 */
export async function checkStateInUse(
  context: DeployContext,
  listing: readonly ContainerSummary[],
  relocation: Relocation | null,
  { claim, adopt }: { claim: boolean; adopt: boolean },
): Promise<StateInUse> {
  const { root, state, reporter } = context;
  const composeFile = recordedPath(path.join(root, PROXY_COMPOSE_FILE), relocation);
  const inUse = await findStateInUse(context, listing, composeFile, claim);
  const problem = stateProblem(inUse, state.dir);
  if (problem !== null && !adopt) throw problem;
  const note = noteOn(inUse, state.dir, (await readIdentity(state)) === null);
  if (note !== null) reporter.line(null, note);
  return inUse;
}

/**
 * Takes over for good from the state folder that the proxy runs with: what nothing can make anew comes along, where
 * this folder is nobody's yet. One that has an identity keeps what it has.
 * @throws UserError when the other folder cannot be read
 */
async function adoptState(
  context: Pick<DeployContext, 'state' | 'docker' | 'reporter'>,
  inUse: StateInUse,
  image: string,
): Promise<void> {
  if (inUse.kind !== 'second' || (await readIdentity(context.state)) !== null) return;
  const other = openState(inUse.from);
  const archive = new PassThrough();
  const bytes = buffer(archive);
  await backupState(other, archive, readAsRoot({ ...context, state: other }, image));
  archive.end();
  const { stacks } = await restoreState(context.state, Readable.from([await bytes]));
  context.reporter.line(
    null,
    `took over the state folder ${inUse.from}: identity, certificates and the records of ${stacks.length} stacks`,
  );
}

/** What is wrong with the state folder that the proxy runs with, with its cure; null: nothing. Changes nothing. */
export async function stateInUseProblem(
  context: Pick<DeployContext, 'root' | 'state' | 'docker'>,
  listing: readonly ContainerSummary[],
): Promise<Problem | null> {
  const { root, state } = context;
  const inUse = await findStateInUse(context, listing, path.join(root, PROXY_COMPOSE_FILE), false);
  const second = stateProblem(inUse, state.dir)?.problems[0];
  if (second !== undefined) return second;
  const message = noteOn(inUse, state.dir, (await readIdentity(state)) === null);
  if (message === null) return null;
  return { code: 'state-moved', severity: 'error', message, help: 'itsup deploy' };
}

/** How a backup reads acme.json, which belongs to Traefik's user: with the image that runs as it. */
export async function readAsTraefik(context: Pick<DeployContext, 'state' | 'docker'>): Promise<ReadForeign> {
  const listing = await context.docker
    .listContainers({ labelFilters: ofComposeProject(PROXY_STACK) })
    .catch(() => []);
  const image = listing.find(({ compose }) => compose?.service === TRAEFIK)?.image;
  return (file, target) => {
    if (image !== undefined) return readAsRoot(context, image)(file, target);
    throw new UserError({
      code: 'no-permission',
      severity: 'error',
      message: `${path.join(context.state.dir, file)} belongs to the user that Traefik runs as`,
      help: 'run it as root (sudo)',
    });
  };
}

/** Reads what belongs to Traefik's user by way of a container, as only root may. */
function readAsRoot(context: { state: State } & Pick<DeployContext, 'docker'>, image: string): ReadForeign {
  return (file, target) => {
    if (file !== 'acme/acme.json') throw new Error(`${file} in the state folder cannot be read`);
    const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
    return copyCertificates(context, { image, user, target });
  };
}
