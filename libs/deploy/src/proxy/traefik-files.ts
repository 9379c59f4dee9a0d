import { chmod, copyFile, lstat, mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeService } from '@itsup/docker';

import type { DeployContext } from '../context';
import type { State } from '../state/state';

/** Numeric, as the template writes it. */
export interface TraefikUser {
  uid: number;
  gid: number;
}

/** Whom the service runs as; null: root. */
export function traefikUserOf({ user }: Pick<ComposeService, 'user'>): TraefikUser | null {
  const match = /^(\d+):(\d+)$/.exec(user ?? '');
  const uid = Number(match?.[1] ?? 0);
  return uid === 0 ? null : { uid, gid: Number(match?.[2]) };
}

/** The user of `uid[:gid]`; an image that names none runs as root. */
export function uidOf(user: string): string {
  return user.split(':')[0] || '0';
}

/**
 * Hands what Traefik reads and writes in the state folder to the user that it runs as: certificates and access log, and
 * by way of its group the published folder, which nobody else may look into. Without a word where that is so already.
 *
 * Only root may give a file away, and a deploy need not be root: so it is done by a container, whose engine is.
 *
 * @param image one on the engine with a shell: Traefik's
 * @throws NotHandedOver
 */
export async function handToTraefik(
  { state, docker }: Pick<DeployContext, 'state' | 'docker'>,
  { image, user, hasLog }: { image: string; user: TraefikUser; hasLog: boolean },
): Promise<void> {
  const folders = ['acme', ...(hasLog ? ['log'] : [])];
  for (const folder of folders) await mkdir(path.join(state.dir, folder), { recursive: true, mode: 0o770 });
  if (await isHanded(state, user, folders)) return;
  await asRoot(docker, image, [`${state.dir}:/state`], handing(user, folders));
}

/** Runs in `/state`. A link is never followed: Traefik may write in some of these folders. */
function handing({ uid, gid }: TraefikUser, folders: string[]): string {
  return [
    'set -e; cd /state',
    ...folders.flatMap((folder) => [
      `chown -h :${gid} ${folder}; chmod 770 ${folder}`,
      `find ${folder} -mindepth 1 -exec chown -h ${uid}:${gid} {} +`,
    ]),
    'find acme -type f -name acme.json -exec chmod 600 {} +',
    `find traefik -exec chown -h :${gid} {} +`,
    'find traefik ! -type l -exec chmod g+rX {} +; chmod o-rwx traefik',
    `if [ -f crowdsec/bouncer.key ]; then chown -h :${gid} crowdsec/bouncer.key; chmod 640 crowdsec/bouncer.key; fi`,
  ].join('\n');
}

async function isHanded(state: State, { uid, gid }: TraefikUser, folders: string[]): Promise<boolean> {
  try {
    for (const folder of folders) {
      const own = await lstat(path.join(state.dir, folder));
      if (own.gid !== gid || (own.mode & 0o777) !== 0o770) return false;
      for (const name of await readdir(path.join(state.dir, folder))) {
        const file = await lstat(path.join(state.dir, folder, name));
        if (file.uid !== uid) return false;
        if (name === 'acme.json' && (file.mode & 0o777) !== 0o600) return false;
      }
    }
    const published = await lstat(state.traefikDir);
    if (published.gid !== gid || (published.mode & 0o057) !== 0o050) return false;
    for (const name of await readdir(state.traefikDir, { recursive: true })) {
      const file = await lstat(path.join(state.traefikDir, name));
      const wanted = file.isDirectory() ? 0o5 : 0o4;
      const granted = file.gid === gid ? (file.mode >> 3) & wanted : file.mode & wanted;
      if (!file.isSymbolicLink() && granted !== wanted) return false;
    }
    const key = await lstat(path.join(state.dir, 'crowdsec/bouncer.key')).catch(() => null);
    return key === null || (key.gid === gid && (key.mode & 0o040) !== 0);
  } catch {
    // What cannot be looked at is not as it should be, or the container will say what is wrong.
    return false;
  }
}

/**
 * A copy of acme.json that belongs to somebody else.
 * @param target the folder for it
 * @throws NotHandedOver
 */
export async function copyCertificates(
  { state, docker }: Pick<DeployContext, 'state' | 'docker'>,
  { image, user, target }: { image: string; user: TraefikUser | null; target: string },
): Promise<void> {
  const folder = path.join(state.dir, 'acme');
  const file = path.join(folder, 'acme.json');
  const isThere = await lstat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  if (!isThere) return;
  if (user === null) {
    const copied = await copyFile(file, path.join(target, 'acme.json')).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EACCES') throw error;
        return false;
      },
    );
    if (copied) return chmod(path.join(target, 'acme.json'), 0o600);
  }
  const { uid, gid } = user ?? { uid: 0, gid: 0 };
  await asRoot(
    docker,
    image,
    [`${folder}:/from:ro`, `${target}:/to`],
    `set -e\ncp /from/acme.json /to/acme.json\nchown ${uid}:${gid} /to/acme.json\nchmod 600 /to/acme.json`,
  );
}

/** The container that was to do it did not. */
export class NotHandedOver extends Error {
  override readonly name = 'NotHandedOver';
}

/**
 * Runs a script in a container of its own that may give files away, and do nothing else.
 *
 * @param input of the script
 * @returns what it prints
 * @throws NotHandedOver
 */
export async function asRoot(
  docker: Pick<DeployContext['docker'], 'run'>,
  image: string,
  binds: string[],
  script: string,
  input?: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await docker.run(
    {
      image,
      entrypoint: '/bin/sh',
      command: ['-c', script],
      network: 'none',
      user: '0:0',
      readOnly: true,
      capDrop: ['ALL'],
      capAdd: ['CHOWN', 'FOWNER', 'DAC_OVERRIDE'],
      securityOpt: ['no-new-privileges:true'],
      binds,
    },
    { timeoutSeconds: 60, ...(input !== undefined && { input }) },
  );
  if (exitCode === 0) return stdout;
  const reason = stderr.trim().split('\n').at(-1) ?? '';
  throw new NotHandedOver(
    `files could not be handed to Traefik's user: ${reason || `exit code ${exitCode}`}`,
  );
}
