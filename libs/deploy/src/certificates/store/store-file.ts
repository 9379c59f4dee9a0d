import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';

import { ACME_STORE } from '@itsup/artifacts';

import type { DeployContext } from '../../context';
import { asRoot, type TraefikUser } from '../../proxy/traefik-files';

export interface StoreAccess {
  context: Pick<DeployContext, 'docker' | 'state'>;
  /** An image on the engine with a shell: Traefik's. */
  image: string;
  /** null: root. */
  user: TraefikUser | null;
  /** A Traefik that runs and has it mounted; null: none. */
  container: string | null;
}

function storePath({ state }: StoreAccess['context']): string {
  return path.join(state.dir, 'acme', 'acme.json');
}

/**
 * What tells cheaply that acme.json is as it was; null: there is none. A mode that was wrong for a while and is right
 * again shows in the inode's time alone: Traefik may have started meanwhile.
 */
export async function stampOfStore(context: StoreAccess['context']): Promise<StoreStamp | null> {
  try {
    const { size, mtimeMs, ctimeMs, mode, uid } = await lstat(storePath(context));
    return { text: `${size} ${mtimeMs} ${ctimeMs} ${mode & 0o777} ${uid}`, mode: mode & 0o777, uid };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export interface StoreStamp {
  text: string;
  /** Permission bits. */
  mode: number;
  uid: number;
}

/**
 * Text of acme.json; null: there is none. It is Traefik's own and nobody else may read it, so where this process is not
 * root a container reads it.
 * @throws NotHandedOver
 */
export async function readStore(access: StoreAccess): Promise<string | null> {
  const { context, image, container } = access;
  try {
    return await readFile(storePath(context), 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    if (code !== 'EACCES') throw error;
  }
  if (container !== null) {
    const { exitCode, stdout } = await context.docker.exec(container, ['cat', ACME_STORE], {
      timeoutSeconds: 20,
    });
    if (exitCode === 0) return stdout;
  }
  return asRoot(context.docker, image, [`${path.dirname(storePath(context))}:/acme:ro`], `cat ${ACME_STORE}`);
}

/**
 * Puts a text in the place of acme.json, Traefik's own again. Whoever runs meanwhile keeps what it has in memory, and
 * writes that the next time it gets a certificate: so before a start, and not while one is at it.
 * @throws NotHandedOver
 */
export async function writeStore({ context, image, user }: StoreAccess, text: string): Promise<void> {
  const { uid, gid } = user ?? { uid: 0, gid: 0 };
  await asRoot(
    context.docker,
    image,
    [`${path.dirname(storePath(context))}:/acme`],
    [
      'set -e; cd /acme; umask 077',
      'cat > .acme.json.new',
      `chown ${uid}:${gid} .acme.json.new; chmod 600 .acme.json.new`,
      'sync; mv .acme.json.new acme.json',
    ].join('\n'),
    text,
  );
}

/**
 * Traefik leaves every resolver out whose file others may read.
 * @throws NotHandedOver
 */
export async function mendStore({ context, image, user }: StoreAccess): Promise<void> {
  const owner = user === null ? '' : `chown ${user.uid}:${user.gid} acme.json; `;
  await asRoot(
    context.docker,
    image,
    [`${path.dirname(storePath(context))}:/acme`],
    `set -e; cd /acme; ${owner}chmod 600 acme.json`,
  );
}

/**
 * Moves acme.json out of the way, beside itself.
 * @returns its new name
 */
export async function setStoreAside({ context, image }: StoreAccess, now: number): Promise<string> {
  const name = `acme.json.broken-${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}`;
  await asRoot(
    context.docker,
    image,
    [`${path.dirname(storePath(context))}:/acme`],
    `cd /acme && mv acme.json ${name}`,
  );
  return name;
}
