import { access, stat } from 'node:fs/promises';
import path from 'node:path';

import { UserError } from '@itsup/config';
import { DockerError, type ContainerDetails, type ContainerSummary, type Docker } from '@itsup/docker';

import { TRAEFIK, PROXY_STACK } from '../requests';
import { readJsonOrNull, writeFileAtomic } from '../state/atomic-file';
import type { State } from '../state/state';

/** What the proxy that runs has mounted, beside the state folder that a deploy publishes to. */
export type StateInUse =
  /** No container of the proxy has one. */
  | { kind: 'none' }
  /** It reads the folder that is published to. */
  | { kind: 'same' }
  /** The folder at this path is not the one that it was started with: that was deleted, or another put in its place. */
  | { kind: 'replaced' }
  /** It was started with another path. `sameFolder`: of this very folder; else of one that is gone. */
  | { kind: 'moved'; from: string; sameFolder: boolean }
  /** It reads another state folder, which is there. */
  | { kind: 'second'; from: string };

/** What is decided on. */
export interface StateFacts {
  /** The state folder that a deploy publishes to. */
  own: string;
  /** The one that the proxy was started with; null: none. */
  mounted: string | null;
  /** What the proxy reads is what is at `own` now; null: nobody can tell, as of a container that does not run. */
  isSame: boolean | null;
  /** There is a state folder at `mounted`, be it one that this process may not look into. */
  isThere: boolean;
}

/**
 * Pure. What nobody can tell counts as what the paths say: a container that starts takes the folder that is there then.
 */
export function judgeStateInUse({ own, mounted, isSame, isThere }: StateFacts): StateInUse {
  if (mounted === null) return { kind: 'none' };
  if (mounted === own) return { kind: isSame === false ? 'replaced' : 'same' };
  if (isSame === true) return { kind: 'moved', from: mounted, sameFolder: true };
  return isThere ? { kind: 'second', from: mounted } : { kind: 'moved', from: mounted, sameFolder: false };
}

/** The running proxy reads other files than those that a deploy publishes. */
export function readsOtherFiles(inUse: StateInUse): boolean {
  return (
    inUse.kind === 'replaced' || inUse.kind === 'second' || (inUse.kind === 'moved' && !inUse.sameFolder)
  );
}

/** State folders whose files may be this workspace's: the one of now, and the one that the proxy was started with. */
export function stateFoldersOf(state: State, inUse: StateInUse): string[] {
  return inUse.kind === 'moved' || inUse.kind === 'second' ? [state.dir, inUse.from] : [state.dir];
}

/** What to tell before a deploy goes on; null: nothing is out of the ordinary. */
export function noteOn(inUse: StateInUse, dir: string, isNew: boolean): string | null {
  const lost = isNew
    ? '. Nothing is known of earlier deploys: what runs is taken over, and certificates are asked for anew, unless a backup is restored first (itsup state restore)'
    : '';
  if (inUse.kind === 'replaced')
    return `the state folder ${dir} was deleted or replaced while the proxy ran, which reads nothing of it any more: the proxy is replaced${lost}`;
  if (inUse.kind !== 'moved') return null;
  return inUse.sameFolder
    ? `the state folder moved from ${inUse.from} to ${dir}: the proxy is replaced by one that reads it there`
    : `the proxy was started with the state folder ${inUse.from}, which is gone: it is replaced by one that reads ${dir}${lost}`;
}

/** The error of a deploy with another state folder than the one that serves; null: there is none. */
export function stateProblem(inUse: StateInUse, own: string): UserError | null {
  if (inUse.kind !== 'second') return null;
  const { from } = inUse;
  const isRoots = from === '/var/lib/itsup' && process.getuid?.() !== 0;
  return new UserError({
    code: 'second-state',
    severity: 'error',
    message: `the proxy on this host runs with the state folder ${from}, not with ${own}: certificates and the records of all deploys are there`,
    help: `${isRoots ? 'run it as root (sudo)' : `run it with ITSUP_STATE=${from}`}, or take over for good with --adopt: what is there comes along`,
  });
}

/** The folders that are compared: where Traefik reads what is published, and where it writes certificates. */
const FOLDERS = { traefik: '/etc/traefik', acme: '/acme' } as const;

type Folders = Record<keyof typeof FOLDERS, string>;

/** What was compared last. A container keeps the folders that it was started with. */
interface MountedFile {
  version: 1;
  container: string;
  /** Inodes. */
  folders: Folders;
}

interface StateContext {
  state: State;
  docker: Pick<Docker, 'exec'> & {
    inspectContainers(ids: string[]): Promise<Pick<ContainerDetails, 'mounts'>[]>;
  };
}

/**
 * Finds out with which state folder the proxy of this workspace runs. The listing says it where nothing is unusual: the
 * container is asked for the folders' inodes once, and again when they or it are others.
 * @param composeFile that this workspace starts its proxy with; a rollback has a copy of its own
 * @param remember note what was found, for the next time
 */
export async function findStateInUse(
  context: StateContext,
  listing: readonly ContainerSummary[],
  composeFile: string,
  remember: boolean,
): Promise<StateInUse> {
  const { state } = context;
  const isOurs = (file: string): boolean =>
    file === composeFile || file.includes(`/stacks/${PROXY_STACK}/restore/files/`);
  const own = listing.filter(
    ({ compose }) => compose?.project === PROXY_STACK && !compose.oneoff && compose.configFiles.some(isOurs),
  );
  const container =
    own.find((one) => one.compose?.service === TRAEFIK && one.state === 'running') ??
    own.find((one) => one.compose?.service === TRAEFIK);
  if (container === undefined) return { kind: 'none' };
  const mounted = container.mounts.includes(state.traefikDir)
    ? state.dir
    : await mountedFolder(context, container.id);
  if (mounted === null) return { kind: 'none' };
  const isRunning = container.state === 'running';
  return judgeStateInUse({
    own: state.dir,
    mounted,
    isSame: isRunning ? await isSameFolder(context, container.id, remember) : null,
    isThere: mounted === state.dir || (await isStateFolder(mounted)),
  });
}

async function mountedFolder({ docker }: StateContext, id: string): Promise<string | null> {
  const [container] = await docker.inspectContainers([id]);
  const mount = container?.mounts.find(
    ({ type, destination }) => type === 'bind' && destination === FOLDERS.traefik,
  );
  return mount === undefined ? null : path.dirname(mount.source);
}

/** Whether the container has the state folder's present folders mounted; null: it cannot be asked. */
async function isSameFolder(
  { state, docker }: StateContext,
  container: string,
  remember: boolean,
): Promise<boolean | null> {
  const here = await foldersHere(state);
  const known = await readJsonOrNull<MountedFile>(mountedFile(state), 1);
  const isKnown = known?.container === container && here !== null && sameFolders(known.folders, here);
  if (isKnown) return true;
  const inside = await foldersInside(docker, container);
  if (inside === null) return null;
  if (here === null || !sameFolders(inside, here)) return false;
  if (remember) {
    const found: MountedFile = { version: 1, container, folders: here };
    await writeFileAtomic(mountedFile(state), `${JSON.stringify(found)}\n`, { sync: false });
  }
  return true;
}

async function foldersHere(state: State): Promise<Folders | null> {
  const inodeOf = async (folder: string): Promise<string> =>
    String((await stat(path.join(state.dir, folder), { bigint: true })).ino);
  try {
    return { traefik: await inodeOf('traefik'), acme: await inodeOf('acme') };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function foldersInside(docker: StateContext['docker'], id: string): Promise<Folders | null> {
  try {
    const argv = ['stat', '-c', '%i', FOLDERS.traefik, FOLDERS.acme];
    const { exitCode, stdout } = await docker.exec(id, argv, { timeoutSeconds: 10 });
    const [traefik, acme] = stdout.trim().split(/\s+/);
    return exitCode === 0 && traefik !== undefined && acme !== undefined ? { traefik, acme } : null;
  } catch (error) {
    if (!(error instanceof DockerError) || error.code === 'interrupted') throw error;
    return null;
  }
}

function sameFolders(a: Folders, b: Folders): boolean {
  return a.traefik === b.traefik && a.acme === b.acme;
}

/** A folder with an identity in it; what may not be looked into counts as one. */
async function isStateFolder(folder: string): Promise<boolean> {
  try {
    await access(path.join(folder, 'workspace.json'));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}

function mountedFile(state: State): string {
  return path.join(state.dir, 'mounted.json');
}
