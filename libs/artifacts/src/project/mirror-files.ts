import { randomUUID } from 'node:crypto';
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { kindOf as kindOfFile, MIRRORED_FOLDER, UserError, type Project } from '@itsup/config';
import type { WriteResult } from '../files/write-artifacts';

/**
 * With `paths: upstream` relative paths resolve in `upstream/<name>/`, so `projects/<name>/files/` is mirrored there:
 * what differs is copied, with its permissions, what is gone from the source is removed. Does nothing for a project
 * with `paths: source`, or where it has no such folder now and had none before.
 * @param root the workspace root
 * @returns paths relative to it; removed ones count as written
 */
export async function mirrorFiles(root: string, project: Project): Promise<WriteResult> {
  const result: WriteResult = { written: [], unchanged: [] };
  if (project.paths !== 'upstream' || project.kind !== 'container') return result;
  await mirror(
    root,
    `${project.folder}/${MIRRORED_FOLDER}`,
    `upstream/${project.name}/${MIRRORED_FOLDER}`,
    result,
  );
  return result;
}

type Kind = 'file' | 'folder' | 'link' | null;

async function mirror(root: string, from: string, to: string, result: WriteResult): Promise<void> {
  const source = join(root, from);
  const target = join(root, to);
  const [wanted, there] = await Promise.all([kindOf(source), kindOf(target)]);
  if (there !== null && there !== wanted) {
    await rm(target, { recursive: true });
    if (wanted === null) result.written.push(to);
  }
  if (wanted === 'folder') {
    await mkdir(target, { recursive: true });
    const [names, old] = await Promise.all([readdir(source), readdir(target)]);
    for (const name of [...new Set([...names, ...old])].sort()) {
      await mirror(root, `${from}/${name}`, `${to}/${name}`, result);
    }
  } else if (wanted !== null) {
    const current = there === wanted && (await same(wanted, source, target));
    if (!current) await replace(wanted, source, target);
    (current ? result.unchanged : result.written).push(to);
  }
}

async function kindOf(path: string): Promise<Kind> {
  try {
    const stats = await lstat(path);
    if (stats.isDirectory()) return 'folder';
    if (stats.isSymbolicLink()) return 'link';
    if (stats.isFile()) return 'file';
    // Copying a pipe or a device would wait for ever.
    throw new UserError({
      code: 'not-a-file',
      severity: 'error',
      message: `${path} is ${kindOfFile(stats)}, and cannot be copied`,
      help: 'Remove it from the folder.',
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function same(kind: Kind, source: string, target: string): Promise<boolean> {
  if (kind === 'link') return (await readlink(source)) === (await readlink(target));
  const [from, to] = await Promise.all([lstat(source), lstat(target)]);
  if (from.size !== to.size || (from.mode & 0o777) !== (to.mode & 0o777)) return false;
  return from.size === 0 || sameBytes(source, target);
}

/** Whether two regular files have the same content, compared part by part: they may be of any size. */
export async function sameBytes(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([open(a), open(b)]);
  try {
    const [one, other] = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)];
    for (;;) {
      const [{ bytesRead }, { bytesRead: otherRead }] = await Promise.all([
        first.read(one, 0, CHUNK_BYTES),
        second.read(other, 0, CHUNK_BYTES),
      ]);
      if (bytesRead !== otherRead || !one.subarray(0, bytesRead).equals(other.subarray(0, otherRead)))
        return false;
      if (bytesRead === 0) return true;
    }
  } finally {
    await Promise.all([first.close(), second.close()]);
  }
}

const CHUNK_BYTES = 1024 * 1024;

async function replace(kind: Kind, source: string, target: string): Promise<void> {
  const temporary = `${target}.${randomUUID()}.tmp`;
  try {
    if (kind === 'link') {
      await symlink(await readlink(source), temporary);
    } else {
      await copyFile(source, temporary);
      await chmod(temporary, (await lstat(source)).mode & 0o777);
    }
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
