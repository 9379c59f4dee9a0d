import { mentionedInLabels, mentionsIn } from '@itsup/traefik';

/** What may name an object of the dynamic files, in words: a stack, a file, a container. */
export interface Use {
  user: string;
  /** Names of objects, without `@file`. */
  names: ReadonlySet<string>;
}

/** What of the static configuration is named, and is in no dynamic file. */
const STATIC = ['entryPoint', 'resolver'];

/**
 * Names of objects of the file provider that a piece of configuration refers to. Of which kind each is does not matter:
 * a name too many only keeps an object longer.
 */
export function namesIn(configuration: unknown): Set<string> {
  const own = mentionsIn(configuration).filter(
    ({ kind, provider }) => !STATIC.includes(kind) && (provider ?? 'file') === 'file',
  );
  return new Set(own.map(({ name }) => name));
}

/** The same of a container's labels, which have to say `@file`. */
export function namesInLabels(labels: Readonly<Record<string, string>>): Set<string> {
  return mentionedInLabels(labels, 'file');
}
