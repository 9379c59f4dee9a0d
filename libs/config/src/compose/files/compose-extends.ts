import type { ComposeDocuments } from './compose-documents';
import { serviceLayer, type BaseFolder, type ServiceLayer } from './compose-layer';
import { mergeLayers, type ServiceTags } from './compose-merge';
import type { ComposeService } from '../../schema/compose-schema';
import { isInterpolated } from '../../schema/grammar';
import { posix } from 'node:path';
import { isMapping } from '../../yaml/is-mapping';
import type { NamedPath } from '../../model';
import { namedPathsIn } from './compose-paths';
import type { Place, Problem } from '../../problem/problem';
import { didYouMean } from '../../problem/suggest';
import type { YamlSource } from '../../yaml/yaml-source';

/** Where a service is defined. */
interface Definition {
  file: string;
  name: string;
  service: ComposeService;
  source: YamlSource;
  /** What the files that it extends are found from. */
  folder: BaseFolder;
  /** What its binds and env files resolve from. */
  base: BaseFolder;
}

/**
 * A service with everything it extends, however far that leads. Circles, missing services and missing files are
 * reported; what cannot be read makes the layer partial.
 */
export function extendedLayer(
  definition: Definition,
  documents: ComposeDocuments,
  chain: readonly Definition[] = [],
): ServiceLayer {
  const { service, source, name, base, folder, file } = definition;
  const path = ['services', name];
  const layer = serviceLayer(service, path, source, base);
  if (service.extends === null || service.extends === undefined) return layer;

  const reference = typeof service.extends === 'string' ? { service: service.extends } : service.extends;
  const place = source.place([...path, 'extends']);
  const circle = [...chain, definition];
  const extendedFile = reference.file ?? null;
  const unread = { ...layer, partial: true };
  if (isInterpolated(reference.service)) return unread;

  let nextFile = file;
  let next = { folder, base };
  if (extendedFile !== null) {
    const resolved = resolveFile(folder, extendedFile, place, documents);
    if (resolved === null) return unread;
    nextFile = resolved;
    // As Compose has it: the extended file's paths are relative to that file.
    next = { folder: posix.dirname(resolved), base: posix.dirname(resolved) };
  }
  const first = circle.findIndex((entry) => entry.file === nextFile && entry.name === reference.service);
  if (first !== -1) {
    reportCircle(circle.slice(first), place, documents);
    return unread;
  }
  const found = documents.find(nextFile, reference.service, place);
  if (!found) {
    // A file or service that could not be read has its own problem.
    if (documents.open(nextFile).length > 0 && !documents.isBroken(nextFile, reference.service)) {
      documents.problems.push(unknownService(nextFile, reference.service, place, documents));
    }
    return unread;
  }
  const extended = { ...found, ...next, file: nextFile, name: reference.service };
  if (nextFile !== file) documents.paths.push(...namedPathsOf(extended));
  return mergeLayers(extendedLayer(extended, documents, circle), layer, tagsOf(source, path));
}

/** What the service names, resolved from its own file's folder. */
function namedPathsOf({ source, name, base, folder }: Definition): NamedPath[] {
  const { data } = source;
  const services = isMapping(data) && isMapping(data['services']) ? data['services'] : {};
  return namedPathsIn({ services: { [name]: services[name] } }, source, base, folder);
}

/** The tags of a file below a service. */
export function tagsOf(source: YamlSource, path: readonly string[]): ServiceTags {
  if (source.tags.length === 0) return [];
  return source.tags
    .filter(
      (tagged) => tagged.path.length > path.length && path.every((key, index) => tagged.path[index] === key),
    )
    .map((tagged) => ({ ...tagged, path: tagged.path.slice(path.length) }));
}

/**
 * A file that a Compose file names, from the workspace root; null when it is not ours to read: `${…}` is known to
 * Compose alone, and a remote file or one outside the workspace is not the same on the next machine.
 */
export function resolveFile(
  base: BaseFolder,
  file: string,
  place: Place,
  documents: ComposeDocuments,
): string | null {
  const resolved = documents.locate(base, file);
  if (resolved !== null) return resolved;
  documents.partial = true;
  if (base !== null && !isInterpolated(file)) {
    documents.problems.push({
      code: 'outside-workspace',
      severity: 'warning',
      message: `\`${file}\` is no file of the workspace: its changes go unnoticed and its services unchecked`,
      help: 'Keep it in the workspace and name it by a relative path.',
      place,
    });
  }
  return null;
}

/** A circle is met once from each of its services, and reported once. */
function reportCircle(circle: readonly Definition[], place: Place, documents: ComposeDocuments): void {
  const key = circle
    .map(({ file, name }) => `${file}#${name}`)
    .sort()
    .join(' ');
  if (documents.circles.has(key)) return;
  documents.circles.add(key);
  const names = circle.map((entry) => `\`${entry.name}\``);
  documents.problems.push({
    code: 'circular-extends',
    severity: 'error',
    message: `${names.join(' extends ')} extends ${names[0]}: a circle`,
    help: 'Move what they share into a service of its own that both extend.',
    place,
  });
}

function unknownService(file: string, name: string, place: Place, documents: ComposeDocuments): Problem {
  const known = documents.serviceNames(file);
  return {
    code: 'unknown-service',
    severity: 'error',
    message: `\`${file}\` has no service \`${name}\` to extend${didYouMean(name, known)}`,
    ...(known.length === 0 ? {} : { help: `Its services: ${known.join(', ')}.` }),
    place,
  };
}
