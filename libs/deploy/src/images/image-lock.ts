import path from 'node:path';

import { compareText, UserError, type Problem } from '@itsup/config';
import { isMap, isScalar, LineCounter, parseDocument, stringify } from 'yaml';

import { readFileOrNull } from '../state/atomic-file';

/** By image reference as a Compose file has it: the digest that a registry knows its content by, `sha256:…`. */
export type ImageLock = ReadonlyMap<string, string>;

/** Tracked by git, beside the settings. */
export const IMAGE_LOCK_FILE = 'projects/images.lock.yml';

const HEADER =
  '# Which content each image tag stands for here. Written by: itsup images lock, itsup images update. Commit it.\n';
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * The lock of the workspace; empty where there is none.
 * @throws UserError for a file that is not what `formatImageLock` writes, with the line
 */
export async function readImageLock(root: string): Promise<ImageLock> {
  const text = await readFileOrNull(path.join(root, IMAGE_LOCK_FILE));
  return text === null ? new Map() : parseImageLock(text);
}

/** @throws UserError with the line that is wrong */
export function parseImageLock(text: string): ImageLock {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const fault = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return {
      code: 'image-lock',
      severity: 'error',
      message,
      help: 'itsup images lock writes the file; take it from git, or delete it and lock again',
      place: { file: IMAGE_LOCK_FILE, line, column: col, text: text.split('\n')[line - 1] ?? '' },
    };
  };
  const [broken] = document.errors;
  if (broken !== undefined) throw new UserError(fault(broken.pos[0], 'the file is no YAML'));
  const { contents } = document;
  if (contents === null) return new Map();
  if (!isMap(contents)) throw new UserError(fault(0, 'the file must hold lines of `image: digest`'));
  const lock = new Map<string, string>();
  const faults: Problem[] = [];
  for (const { key, value } of contents.items) {
    const image = isScalar(key) ? String(key.value) : '';
    const digest = isScalar(value) ? value.value : null;
    if (typeof digest === 'string' && DIGEST.test(digest)) lock.set(image, digest);
    else
      faults.push(
        fault(isScalar(key) ? (key.range?.[0] ?? 0) : 0, `"${image}" needs a digest, sha256: and 64 digits`),
      );
  }
  if (faults.length > 0) throw new UserError(faults);
  return lock;
}

/** The file's text: sorted, so that a change is a line. */
export function formatImageLock(lock: ImageLock): string {
  const sorted = [...lock].sort(([a], [b]) => compareText(a, b));
  return `${HEADER}${stringify(Object.fromEntries(sorted), { lineWidth: 0 })}`;
}

/** The reference that names this content and nothing else: `traefik:v3` as `traefik@sha256:…`. */
export function pinnedReference(image: string, digest: string): string {
  return `${repositoryOf(image)}@${digest}`;
}

/** It names its content by itself, so there is nothing to lock. */
export function isPinned(image: string): boolean {
  return image.includes('@');
}

/**
 * The digests under which registries know an image that is on the engine, of the repository that `image` names. Empty
 * for one that was built here or loaded from a file; more than one where two registries' indexes hold the same content.
 */
export function digestsOf(image: string, repoDigests: readonly string[]): string[] {
  const repository = familiar(repositoryOf(image));
  return repoDigests.flatMap((one) => {
    const [name = '', digest = ''] = one.split('@');
    return familiar(name) === repository ? [digest] : [];
  });
}

/** Whether the engine has an image with the content that the lock wants; where it holds none, any. */
export function isHeldContent(
  lock: ImageLock,
  image: string,
  present: { repoDigests: readonly string[] } | undefined,
): boolean {
  const locked = lock.get(image);
  return locked === undefined || digestsOf(image, present?.repoDigests ?? []).includes(locked);
}

/** Without tag; a colon before the last slash is a port. */
function repositoryOf(image: string): string {
  const name = image.split('@')[0] ?? '';
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') ? name.slice(0, colon) : name;
}

/** As the engine prints names of Docker Hub. */
function familiar(repository: string): string {
  return repository.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '');
}
