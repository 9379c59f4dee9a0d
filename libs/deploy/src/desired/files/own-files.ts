import { realpathSync } from 'node:fs';

import type { ComposeModel } from '@itsup/docker';

import { contentPath, type Relocation } from './relocation';

/** Absolute paths of the files of the workspace that git has; empty: it is in no repository, or there is no git. */
export type TrackedFiles = () => Promise<ReadonlySet<string>>;

/**
 * Bound files that a container may write and that git does not have (`./filebrowser.db:/database.db`): data of the
 * service, whose content is no part of its definition. Where another service has the same file read-only, it reads that
 * data.
 * @param tracked absent: nothing is tracked
 * @returns paths as the model has them
 */
export async function dataFiles(
  model: ComposeModel,
  { relocation, tracked }: { relocation: Relocation | null; tracked?: TrackedFiles },
): Promise<Set<string>> {
  const writable = Object.values(model.services).flatMap(({ volumes = [] }) =>
    volumes.flatMap(({ type, source, read_only: isReadOnly = false }) =>
      type === 'bind' && source !== undefined && !isReadOnly ? [source] : [],
    ),
  );
  if (writable.length === 0) return new Set();
  const known = (await tracked?.()) ?? new Set();
  return new Set(
    writable.filter((source) => {
      const file = contentPath(source, relocation);
      return !known.has(file) && !known.has(realPathOf(file));
    }),
  );
}

function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
