import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import type { ComposeBuild } from '@itsup/docker';

/** No Dockerfile is longer; whatever else stands in its place is not read. */
const MOST_BYTES = 512 * 1024;
const FROM = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim;

/**
 * The images that a build starts from, as its Dockerfile names them; stages of its own, `scratch` and names with a
 * variable in them are left out. Empty where there is no Dockerfile to read, which the build itself will say.
 */
export async function baseImagesOf(build: ComposeBuild): Promise<string[]> {
  const text = await dockerfileTextOf(build);
  const stages = new Set<string>();
  const images = new Set<string>();
  for (const [, image = '', stage] of text.matchAll(FROM)) {
    if (!stages.has(image.toLowerCase()) && image !== 'scratch' && !image.includes('$')) images.add(image);
    if (stage !== undefined) stages.add(stage.toLowerCase());
  }
  return [...images];
}

/** The text of a build's Dockerfile; empty where there is none to read. */
export async function dockerfileTextOf(build: ComposeBuild): Promise<string> {
  return build.dockerfile_inline ?? dockerfileOf(build);
}

/** Where a Dockerfile is: BuildKit takes `dockerfile` for one as well; null: it is not there. */
export function dockerfileAt(file: string): string | null {
  if (existsSync(file)) return file;
  const lower = path.join(path.dirname(file), 'dockerfile');
  return path.basename(file) === 'Dockerfile' && existsSync(lower) ? lower : null;
}

async function dockerfileOf({ context, dockerfile = 'Dockerfile' }: ComposeBuild): Promise<string> {
  if (context === undefined || !path.isAbsolute(context)) return '';
  const file = dockerfileAt(path.resolve(context, dockerfile));
  if (file === null) return '';
  const found = await stat(file).catch(() => null);
  return found !== null && found.isFile() && found.size <= MOST_BYTES
    ? readFile(file, 'utf8').catch(() => '')
    : '';
}
