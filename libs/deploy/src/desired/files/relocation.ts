import { existsSync } from 'node:fs';

import type { ComposeBuild } from '@itsup/docker';

/** A checkout that is planned as if it stood where the host is deployed from. */
export interface Relocation {
  /** The checkout. */
  from: string;
  /** The recorded path, which bind mounts and build contexts name. */
  to: string;
}

/** The same value with every text in it that is a path of the checkout as the path that it would have. */
export function relocate(value: unknown, relocation: Relocation): unknown {
  if (typeof value === 'string') return recordedPath(value, relocation);
  if (Array.isArray(value)) return value.map((item) => relocate(item, relocation));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, relocate(item, relocation)]));
}

/** The path that a file of the checkout would have; every other path is its own. */
export function recordedPath(file: string, relocation: Relocation | null): string {
  return relocation === null ? file : moved(file, relocation.from, relocation.to);
}

/**
 * Where the content behind a path of a relocated model is: in the checkout, or at the recorded path for what the
 * checkout does not have, since git ignores it.
 */
export function contentPath(file: string, relocation: Relocation | null): string {
  if (relocation === null) return file;
  const inCheckout = moved(file, relocation.to, relocation.from);
  return existsSync(inCheckout) ? inCheckout : file;
}

/** A build of a relocated model with its files where their content is. */
export function contentBuild(build: ComposeBuild, relocation: Relocation | null): ComposeBuild {
  const { context, dockerfile, additional_contexts: additional } = build;
  return {
    ...build,
    ...(context !== undefined && { context: contentPath(context, relocation) }),
    ...(dockerfile !== undefined && { dockerfile: contentPath(dockerfile, relocation) }),
    ...(additional !== undefined && {
      additional_contexts: Object.fromEntries(
        Object.entries(additional).map(([key, folder]) => [key, contentPath(folder, relocation)]),
      ),
    }),
  };
}

function moved(path: string, from: string, to: string): string {
  return path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
}
