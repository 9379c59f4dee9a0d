import { rm } from 'node:fs/promises';
import path from 'node:path';

import { parse, stringify } from 'yaml';

import type { Restore } from '../../execute/image/keep-for-rollback';
import type { RestoredFiles } from '../../desired/project-compose';
import { writeFileAtomic } from '../../state/atomic-file';

interface Include {
  project_directory?: string;
  path: string[];
}

/**
 * Lays the recorded Compose files out below `folder`, for Compose to read in their order with relative paths resolving
 * where they always do. Files that a Compose file reaches by `extends` or `include` of its own are today's.
 * @param images ids to run in place of the files' references, by service
 * @returns what to run Compose with
 */
export async function writeRestoredFiles(
  folder: string,
  restore: Restore,
  images: Readonly<Record<string, string>>,
): Promise<RestoredFiles> {
  await rm(folder, { recursive: true, force: true });
  const copies = new Map(
    Object.keys(restore.files).map((file, index) => [file, path.join(folder, `${index}.yml`)]),
  );
  for (const [file, text] of Object.entries(restore.files))
    await writeFileAtomic(copies.get(file) ?? '', text);
  const imageFile = path.join(folder, 'images.yml');
  const services = Object.entries(images).map(([service, image]) => [
    service,
    { image, pull_policy: 'never' },
  ]);
  await writeFileAtomic(imageFile, stringify({ services: Object.fromEntries(services) }));

  // The artifact says which files, in which order.
  const home = path.dirname(restore.composeFile);
  const artifact = parse(restore.files[restore.composeFile] ?? '{}') as { include?: Include[] };
  const [include] = artifact.include ?? [{ path: [restore.composeFile] }];
  const files = (include?.path ?? []).map((file) => path.resolve(home, file));
  return {
    directory: path.resolve(home, include?.project_directory ?? '.'),
    files: [...files.map((file) => copies.get(file) ?? file), ...(services.length > 0 ? [imageFile] : [])],
  };
}
