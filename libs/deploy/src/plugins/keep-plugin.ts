import { createHash, randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

import type { KeptPlugin } from '@itsup/artifacts';
import { writeNamed, type Problem } from '@itsup/config';

import type { DeployContext } from '../context';
import { IMAGE_LOCK_FILE, type ImageLock } from '../images/image-lock';
import { readFileOrNull, writeFileAtomic } from '../state/atomic-file';
import type { State } from '../state/state';
import { download } from './download';
import { unzip, type ArchivedFile } from './unzip';

/** Where Traefik itself downloads plugins (pkg/plugins/manager.go at v3.7). */
const REGISTRY = 'https://plugins.traefik.io/public/';
/** Beyond any plugin. */
const LIMITS = { archive: 64 * 1024 * 1024, files: 10_000, bytes: 256 * 1024 * 1024 };
const PATIENCE_MS = 30_000;

/** The line of a plugin in the lock, which no image can have: its hash is of its archive. */
export function pluginReference({ module, version }: KeptPlugin): string {
  return `${module}@${version}`;
}

/** What is kept of a plugin. */
export interface KeptCopy {
  /** `sha256:…` of its archive, as it was when it came; null: none came yet. */
  digest: string | null;
  /** Why the copy is not what came; null: it is. */
  damage: string | null;
}

/** Looks at the kept copy, file by file. Changes nothing. */
export async function keptCopy(state: State, plugin: KeptPlugin): Promise<KeptCopy> {
  const digest = (await readFileOrNull(`${placeOf(state, plugin)}.digest`))?.trim() ?? null;
  if (digest === null) return { digest, damage: null };
  const archive = await readFile(`${placeOf(state, plugin)}.zip`).catch(() => null);
  if (archive === null) return { digest, damage: 'its archive is gone' };
  if (digestOf(archive) !== digest) return { digest, damage: 'its archive is not what was downloaded' };
  const difference = await differenceOf(placeOf(state, plugin), pluginFiles(archive, plugin));
  return { digest, damage: difference };
}

/** What keeping a plugin came to. */
export type Keeping = { digest: string; problem: null } | { digest: string | null; problem: Problem };

/**
 * Sees to it that the plugin's source is in the state folder, as the lock holds it, or else as it first came. Downloads
 * only what is not there; what is there and damaged is unpacked anew.
 */
export async function keepPlugin(
  context: Pick<DeployContext, 'state' | 'env' | 'signal'>,
  plugin: KeptPlugin,
  lock: ImageLock,
): Promise<Keeping> {
  const { state } = context;
  const place = placeOf(state, plugin);
  const locked = lock.get(pluginReference(plugin)) ?? null;
  const kept = await keptCopy(state, plugin);
  const wanted = locked ?? kept.digest;
  await mountPoint(state, plugin);
  if (kept.digest !== null && kept.digest === wanted) {
    if (kept.damage === null) return { digest: wanted, problem: null };
    const archive = await readFile(`${place}.zip`).catch(() => null);
    if (archive !== null && digestOf(archive) === wanted) {
      await replaceFolder(place, pluginFiles(archive, plugin));
      return { digest: wanted, problem: null };
    }
  }
  try {
    const archive = await fetchPlugin(context, plugin);
    const digest = digestOf(archive);
    if (wanted !== null && digest !== wanted)
      return {
        digest: kept.digest,
        problem: otherContent(plugin, { wanted, digest, isLocked: locked !== null }),
      };
    const files = pluginFiles(archive, plugin);
    await mkdir(path.dirname(place), { recursive: true, mode: 0o755 });
    await writeNamed(`${place}.zip`, archive, { mode: 0o644 });
    await replaceFolder(place, files);
    // Last: what says that all of it is there.
    await writeFileAtomic(`${place}.digest`, `${digest}\n`);
    return { digest, problem: null };
  } catch (error) {
    return {
      digest: kept.digest,
      problem: notHad(plugin, kept, error instanceof Error ? error.message : String(error)),
    };
  }
}

/** The digest that the registry gives the plugin now. @throws Error with the reason in words */
export async function offeredDigest(
  context: Pick<DeployContext, 'env' | 'signal'>,
  plugin: KeptPlugin,
): Promise<string> {
  const archive = await fetchPlugin(context, plugin);
  pluginFiles(archive, plugin);
  return digestOf(archive);
}

function fetchPlugin(
  { env, signal }: Pick<DeployContext, 'env' | 'signal'>,
  { module, version }: KeptPlugin,
): Promise<Buffer> {
  const registry = (env['ITSUP_PLUGIN_REGISTRY'] || REGISTRY).replace(/\/*$/, '/');
  return download(`${registry}download/${module}/${encodeURIComponent(version)}`, {
    env,
    mostBytes: LIMITS.archive,
    patienceMs: PATIENCE_MS,
    ...(signal && { signal }),
  });
}

/**
 * The plugin's files. As Traefik takes them: below `module@version/`, as Go's own archives have them, or else below the
 * one folder that all are in.
 */
export function pluginFiles(archive: Buffer, { module, version }: KeptPlugin): ArchivedFile[] {
  const files = unzip(archive, LIMITS);
  const own = `${module}@${version}/`;
  const isGo = files.length > 0 && files.every((file) => file.path.startsWith(own));
  const stripped = files.flatMap((file) => {
    const rest = isGo ? file.path.slice(own.length) : file.path.split('/').slice(1).join('/');
    return rest === '' ? [] : [{ ...file, path: rest }];
  });
  if (!stripped.some((file) => file.path === '.traefik.yml'))
    throw new Error('the archive holds no plugin of Traefik: .traefik.yml is missing');
  return stripped;
}

function placeOf(state: State, plugin: KeptPlugin): string {
  return path.join(state.dir, plugin.folder);
}

/** Traefik mounts the plugin into the folder of the other ones, which is read-only for whoever makes the mount. */
async function mountPoint(state: State, { module }: KeptPlugin): Promise<void> {
  const folder = path.join(state.traefikDir, 'plugins-local/src', module);
  await mkdir(folder, { recursive: true, mode: 0o755 });
}

/** By two renames: a Traefik that starts in between finds the old source, the new one, or, for a moment, none. */
async function replaceFolder(place: string, files: readonly ArchivedFile[]): Promise<void> {
  const fresh = `${place}.${randomUUID()}.new`;
  try {
    for (const file of files) {
      const target = path.join(fresh, file.path);
      await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
      await writeNamed(target, file.content, { mode: 0o644, flag: 'wx' });
    }
    // Whatever the umask: Traefik is a user of its own.
    for (const entry of ['.', ...(await readdir(fresh, { recursive: true }))]) {
      const target = path.join(fresh, entry);
      await chmod(target, (await lstat(target)).isDirectory() ? 0o755 : 0o644);
    }
    await rm(`${place}.old`, { recursive: true, force: true });
    await rename(place, `${place}.old`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    await rename(fresh, place);
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(`${place}.old`, { recursive: true, force: true });
  }
}

async function differenceOf(folder: string, files: readonly ArchivedFile[]): Promise<string | null> {
  const wanted = new Map(files.map((file) => [file.path, file.content]));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => null);
  if (entries === null) return 'its source is gone';
  for (const entry of entries) {
    const name = path.relative(folder, path.join(entry.parentPath, entry.name));
    if (entry.isDirectory()) continue;
    const content = wanted.get(name);
    if (content === undefined || !entry.isFile()) return `${name} was added to it`;
    const present = await readFile(path.join(folder, name)).catch(() => null);
    if (present === null || !present.equals(content)) return `${name} was changed`;
    wanted.delete(name);
  }
  const [missing] = wanted.keys();
  return missing === undefined ? null : `${missing} is gone from it`;
}

function digestOf(archive: Buffer): string {
  return `sha256:${createHash('sha256').update(archive).digest('hex')}`;
}

function otherContent(
  plugin: KeptPlugin,
  { wanted, digest, isLocked }: { wanted: string; digest: string; isLocked: boolean },
): Problem {
  const reference = pluginReference(plugin);
  return {
    code: 'plugin-changed',
    severity: 'error',
    message: `Traefik's CrowdSec plugin ${plugin.version} comes with other content than ${isLocked ? IMAGE_LOCK_FILE : 'the kept copy'} holds: ${short(digest)} instead of ${short(wanted)}`,
    help: `what runs goes on; if the change is meant: itsup images update ${reference}`,
  };
}

function notHad({ version }: KeptPlugin, { digest, damage }: KeptCopy, reason: string): Problem {
  const copy =
    digest === null
      ? 'no copy of it is kept here'
      : `the copy kept here is another one, or damaged${damage === null ? '' : ` (${damage})`}`;
  return {
    code: 'plugin-not-had',
    severity: 'error',
    message: `Traefik's CrowdSec plugin ${version} cannot be had, and ${copy}: ${reason}`,
    help: 'what runs goes on; deploy the proxy again once the registry of plugins answers',
  };
}

function short(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
