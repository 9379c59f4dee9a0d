import { createHash } from 'node:crypto';
import { lstat, readdir, readlink } from 'node:fs/promises';
import path from 'node:path';

import { compareText, readRegularFile } from '@itsup/config';
import type { ComposeBuild } from '@itsup/docker';

import { sha256 } from '../digest';
import { ignoredBy } from './dockerignore';
import { MAX_DIGESTED_BYTES, readChunks } from './read-chunks';
import type { ContextStamp } from '../../state/stamps';

interface Entry {
  path: string;
  stamp: string;
  mode: string;
  youngest: number;
  size: number;
}

const RACY_MS = 2000;

/**
 * Digests the build context of a service, `.dockerignore` applied; its contents are read only when a stamp says that
 * something may have changed. null: the context is not a folder of this host, so only the definition counts.
 */
export async function stampContext(
  build: ComposeBuild,
  now: number,
  known?: ContextStamp,
): Promise<ContextStamp | null> {
  const context = build.context;
  if (context === undefined || !path.isAbsolute(context)) return null;
  const dockerfile = path.resolve(context, build.dockerfile ?? 'Dockerfile');
  const entries = await listContext(context, dockerfile);
  if (entries === null) return null;
  const stamp = sha256(entries.map((entry) => `${entry.path}\0${entry.stamp}`).join('\n'));
  const youngest = entries.reduce((latest, entry) => Math.max(latest, entry.youngest), 0);
  if (known?.stamp === stamp && youngest < known.takenAt - RACY_MS) return known;
  const lines: string[] = [];
  for (const entry of entries)
    lines.push(`${entry.path}\0${entry.mode}\0${await contentOf(entry, context, dockerfile)}`);
  return { context, dockerfile, stamp, digest: sha256(lines.join('\n')), takenAt: now };
}

async function listContext(context: string, dockerfile: string): Promise<Entry[] | null> {
  const [ignoreFile, ignore] = ignoreOf(context, dockerfile);
  const ignored = ignore === null ? () => false : ignoredBy(ignore, ignoreFile);
  // With an exception an ignored folder may hold wanted files, so it has to be looked through.
  const hasExceptions = ignore !== null && /^\s*!/m.test(ignore);
  const entries: Entry[] = [];
  const walk = async (folder: string): Promise<void> => {
    for (const item of await readdir(path.join(context, folder), { withFileTypes: true })) {
      const relative = folder === '' ? item.name : `${folder}/${item.name}`;
      const left = ignored(relative);
      if (item.isDirectory()) {
        if (!left || hasExceptions) await walk(relative);
      } else if (!left && (item.isFile() || item.isSymbolicLink()))
        entries.push(await entryOf(context, relative));
    }
  };
  try {
    await walk('');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
  const relative = path.relative(context, dockerfile);
  // The Dockerfile counts also when it is outside of the context or ignored by it.
  if (!entries.some((entry) => entry.path === relative) && readOrNull(dockerfile) !== null) {
    entries.push(await entryOf(context, relative));
  }
  return entries.sort((a, b) => compareText(a.path, b.path));
}

/** The Dockerfile's own counts before the context's. */
function ignoreOf(context: string, dockerfile: string): [file: string, text: string | null] {
  const own = `${dockerfile}.dockerignore`;
  const text = readOrNull(own);
  const common = path.join(context, '.dockerignore');
  return text === null ? [common, readOrNull(common)] : [own, text];
}

async function entryOf(context: string, relative: string): Promise<Entry> {
  const stats = await lstat(path.join(context, relative), { bigint: true });
  const youngest = Number(stats.ctimeNs > stats.mtimeNs ? stats.ctimeNs : stats.mtimeNs) / 1e6;
  return {
    path: relative,
    stamp: `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.ino}`,
    // Docker copies the executable bits; the others depend on the umask of the checkout.
    mode: stats.isSymbolicLink() ? 'link' : (Number(stats.mode) & 0o111) === 0 ? 'file' : 'executable',
    youngest,
    size: Number(stats.size),
  };
}

/**
 * What the builder takes: of a link where it points, as the builder sends the link itself, of a file its content. The
 * Dockerfile is followed, for the builder reads it.
 */
async function contentOf(entry: Entry, context: string, dockerfile: string): Promise<string> {
  const file = path.join(context, entry.path);
  if (entry.mode === 'link') {
    const target = sha256(await readlink(file));
    return path.resolve(file) === dockerfile ? `${target} ${sha256(readOrNull(file) ?? '')}` : target;
  }
  const hash = createHash('sha256');
  const isRead =
    entry.size <= MAX_DIGESTED_BYTES &&
    (await readChunks(file, (chunk) => hash.update(chunk), { noFollow: true }));
  return isRead ? hash.digest('hex') : sha256(`large ${entry.stamp}`);
}

/** A file that the builder reads whole. */
function readOrNull(file: string): string | null {
  return readRegularFile(file).text;
}
