import type { Place, Problem } from '../problem/problem';
import { didYouMean, suggest } from '../problem/suggest';
import { mappingOf } from '../yaml/is-mapping';
import type { ComposeDocuments } from './files/compose-documents';
import type { ServiceLayer } from './files/compose-layer';

/** A service needs something to run, unless a profile that nobody activates keeps it from running. */
export function checkImage(name: string, service: ServiceLayer, documents: ComposeDocuments): void {
  if (service.isProvider) {
    documents.problems.push(providerService(name, service.place));
    return;
  }
  // Compose looks at active profiles alone, which makes a profile that nobody activates a place for templates.
  if (service.image !== null || service.hasBuild || service.partial || service.profiles.length > 0) return;
  const lacks = `service \`${name}\` has neither \`image\` nor \`build\``;
  const key = mistypedKey(documents, [service.place.file], ['services', name], ['image', 'build']);
  documents.problems.push(
    key === null
      ? {
          ...{ code: 'no-image', severity: 'error', message: lacks, place: service.place },
          help: 'Say which image it runs, or where it is built.',
        }
      : {
          ...{ code: 'no-image', severity: 'error', place: key.place },
          message: `${lacks}, and the Compose specification has no \`${key.written}\` there${key.meant}`,
        },
  );
}

/** Compose runs a program for it at every `up`, and hands what that says to the services of the same call alone. */
function providerService(name: string, place: Place): Problem {
  return {
    code: 'provider-service',
    severity: 'error',
    message: `service \`${name}\` has a \`provider\`, a program of this host that Compose runs at every \`up\`: a deploy does not`,
    help: 'Run what it makes by itself, and give its address to the services that use it, in `.env` or as a secret.',
    place,
  };
}

/** A service with nothing below its name. */
export function nullService(name: string, place: Place): Problem {
  return {
    code: 'null-service',
    severity: 'error',
    message: `service \`${name}\` says nothing`,
    help: 'Give it an `image` or a `build`, indented below its name.',
    place,
  };
}

/** A key that was probably meant to be `services` is told here: what follows from it comes before Compose is asked. */
export function noServices(documents: ComposeDocuments, main: readonly string[], base: string): Problem {
  const key = mistypedKey(documents, main, [], ['services']);
  if (key !== null)
    return {
      code: 'no-services',
      severity: 'error',
      message: `the Compose specification has no \`${key.written}\` at the top level${key.meant}`,
      place: key.place,
    };
  return {
    code: 'no-services',
    severity: 'warning',
    message: 'the Compose file has no services, so there is nothing to run',
    place: { file: main[0] ?? base, line: 1, column: 1 },
  };
}

/**
 * The first key of the mapping at `path` in these files that is nearly one of the wanted; null: there is none. Keys
 * that begin with `x-` are anybody's.
 */
function mistypedKey(
  documents: ComposeDocuments,
  files: readonly string[],
  path: readonly string[],
  wanted: readonly string[],
): { written: string; meant: string; place: Place } | null {
  for (const { source } of files.flatMap((file) => documents.open(file))) {
    const mapping = mappingOf(path.reduce<unknown>((value, key) => mappingOf(value)[key], source.data));
    const written = Object.keys(mapping).find(
      (key) => !wanted.includes(key) && !key.startsWith('x-') && suggest(key, wanted),
    );
    if (written !== undefined)
      return { written, meant: didYouMean(written, wanted), place: source.place([...path, written], 'key') };
  }
  return null;
}
