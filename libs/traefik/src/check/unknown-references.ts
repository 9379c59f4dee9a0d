import type { Suggest } from './check-types';
import type { ReferredKind, Reference } from '../dynamic/references';
import { splitName } from '../dynamic/names';
import type { Finding } from '../dynamic/tree';

/** What there is for a reference to lead to. */
export interface Known {
  /** Objects of the file provider, as `http.middlewares.auth`. */
  file: ReadonlySet<string>;
  /** Objects of the docker provider; null: not all containers are known, so nothing of theirs is judged. */
  docker: ReadonlySet<string> | null;
  /** Names of certificate resolvers and entry points; null: not known. */
  resolvers: ReadonlySet<string> | null;
  entryPoints: ReadonlySet<string> | null;
  /** The static configuration has providers beside these two. */
  otherProviders: boolean;
  /** On a swarm what labels define has this name too. */
  isSwarm?: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  services: 'service',
  middlewares: 'middleware',
  serversTransports: 'transport',
  routers: 'router',
  options: 'TLS options',
};

/**
 * The references that lead nowhere: with one of them a router is refused, and its requests are answered with 404.
 * @param provider whose configuration they stand in: a name without `@` is one of its own
 */
export function unknownReferences(
  references: readonly Reference[],
  provider: 'file' | 'docker' | 'static',
  known: Known,
  suggest: Suggest,
): UnknownReference[] {
  return references.flatMap((reference) => {
    const message = flawOf(reference, provider, known, suggest);
    if (message === null) return [];
    const { path, span, name } = reference;
    const isOfContainer = providerOf(name, provider, known) === 'docker' && known.docker !== null;
    const isNamed = reference.kind !== 'resolver' && reference.kind !== 'entryPoint';
    return [
      {
        severity: 'error',
        code: 'unknown-reference',
        message,
        path,
        span,
        maybeElsewhere: isNamed && isOfContainer,
      },
    ];
  });
}

/** A reference that leads nowhere. */
export interface UnknownReference extends Finding {
  /** A label of a container that is not known here may define it. */
  maybeElsewhere: boolean;
}

function providerOf(name: string, own: string, { isSwarm }: Known): string {
  const provider = splitName(name).provider ?? own;
  return isSwarm === true && provider === 'swarm' ? 'docker' : provider;
}

function flawOf({ kind, name, path }: Reference, own: string, known: Known, suggest: Suggest): string | null {
  const at = `\`${path.join('.')}\``;
  if (kind === 'resolver' || kind === 'entryPoint') {
    const names = kind === 'resolver' ? known.resolvers : known.entryPoints;
    if (names === null || names.has(name)) return null;
    const what = kind === 'resolver' ? 'certificate resolver' : 'entry point';
    return `${at}: there is no ${what} \`${name}\`${meant(name, names, suggest)}`;
  }
  const provider = providerOf(name, own, known);
  const bare = splitName(name).name;
  if (provider === 'internal' || (kind === 'tls.options' && name === 'default')) return null;
  if (provider !== 'file' && provider !== 'docker') {
    if (provider === 'static' || known.otherProviders) return null;
    return `${at}: \`${name}\` is of a provider that Traefik does not have here (file and docker)`;
  }
  const objects = known[provider];
  if (objects === null || objects.has(`${kind}.${bare}`)) return null;
  const what = WORDS[kind.split('.')[1] ?? ''] ?? kind;
  const names = namesOf(objects, kind);
  const defines = provider === 'file' ? 'no file defines' : 'no label of a container defines';
  return `${at}: ${defines} the ${kind.split('.')[0]} ${what} \`${bare}\`${
    elsewhere(kind, bare, provider, known) ?? meant(bare, names, suggest)
  }`;
}

function elsewhere(
  kind: ReferredKind,
  name: string,
  provider: 'file' | 'docker',
  known: Known,
): string | null {
  const other = provider === 'file' ? 'docker' : 'file';
  return known[other]?.has(`${kind}.${name}`) === true ? `; there is \`${name}@${other}\`` : null;
}

function meant(name: string, names: Iterable<string>, suggest: Suggest): string {
  const suggestion = suggest(name, names);
  return suggestion === undefined ? '' : ` — did you mean \`${suggestion}\`?`;
}

function namesOf(objects: ReadonlySet<string>, kind: ReferredKind): string[] {
  return [...objects].filter((one) => one.startsWith(`${kind}.`)).map((one) => one.slice(kind.length + 1));
}
