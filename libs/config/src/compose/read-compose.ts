import { posix } from 'node:path';
import { compareText } from '../files/compare-text';

import { ComposeDocuments, type ComposeDocument } from './files/compose-documents';
import { extendedLayer, resolveFile, tagsOf } from './files/compose-extends';
import type { BaseFolder, ServiceLayer } from './files/compose-layer';
import { mergeLayers } from './files/compose-merge';
import { mergeDefinitions, type Definitions } from './compose-definitions';
import { networkFacts } from './compose-network';
import { toFacts, volumeFactsOf, type DefinedVolumes } from './compose-facts';
import type { ComposeFile } from '../schema/compose-schema';
import { mappingOf } from '../yaml/is-mapping';
import type { ComposeFacts } from '../model';
import type { Place, Problem } from '../problem/problem';
import { checkImage, noServices, nullService } from './service-problems';
import type { Variables } from './files/expanded-path';
import { namedPaths } from './files/compose-paths';
import type { YamlFiles } from '../yaml/yaml-files';

/** What one set of Compose files, merged in order, comes to. */
interface Model {
  name: { text: string; place: Place } | null;
  services: Map<string, ServiceLayer>;
  networks: Definitions;
  /** Keys of networks that an included file declares. */
  included: Set<string>;
  definedVolumes: DefinedVolumes;
  /** By key, what a volume is on the engine, where the file says so. */
  volumes: Map<string, string>;
}

type Include = NonNullable<ComposeFile['include']>[number];

export interface ReadCompose {
  facts: ComposeFacts;
  /** All files that were followed, from the workspace root, sorted. */
  files: string[];
  problems: Problem[];
}

export interface ReadOptions {
  /** The project that they are the source of: what is not its to read is a problem. */
  owner?: string | undefined;
  /** What `extends` and `include` are interpolated from; absent: a path with a variable is not followed. */
  variables?: Variables | undefined;
  /** Where the files are named; absent: Compose finds them by their names. */
  place?: Place | undefined;
}

/**
 * Reads a project's Compose files as Compose merges them: override files, `extends`, `include`, documents, anchors.
 *
 * @param main The Compose file and its override, from the workspace root.
 * @param base The folder that their relative paths resolve in.
 */
export function readCompose(
  sources: YamlFiles,
  main: readonly string[],
  base: string,
  { owner, variables, place }: ReadOptions = {},
): ReadCompose {
  const documents = new ComposeDocuments(sources, owner, variables);
  const folder = posix.dirname(main[0] ?? base);
  const model = readModel(documents, main, { folder, base }, [], place);
  const services = [...model.services].sort(([a], [b]) => compareText(a, b));
  for (const [name, service] of services) checkImage(name, service, documents);
  if (services.length === 0 && !documents.partial && documents.problems.length === 0) {
    documents.problems.push(noServices(documents, main, base));
  }
  const facts: ComposeFacts = {
    files: [...main],
    name: model.name?.text ?? null,
    ...(model.name ? { projectNamePlace: model.name.place } : {}),
    services: services.map(([name, service]) => toFacts(name, service, model)),
    networks: [...model.networks.keys()].sort(),
    networkFacts: Object.fromEntries(
      [...model.networks]
        .sort(([a], [b]) => compareText(a, b))
        .map(([key, definition]) => [key, networkFacts(definition, model.included.has(key))]),
    ),
    ...volumeFactsOf(model.definedVolumes),
    binds: services.flatMap(([name, { binds }]) =>
      [...binds.values()].flatMap((bind) => (bind ? [{ service: name, ...bind }] : [])),
    ),
    envFiles: services.flatMap(([name, { envFiles }]) =>
      envFiles.map((file) => ({ service: name, ...file })),
    ),
    ...(documents.paths.length > 0 ? { paths: documents.paths } : {}),
    ...(documents.credentials.length > 0 ? { credentials: documents.credentials } : {}),
    ...(documents.partial ? { partial: true } : {}),
  };
  return { facts, files: [...documents.files].sort(), problems: documents.problems };
}

/**
 * Where paths resolve. The two differ with `paths: upstream` only: binds then stand in `upstream/<name>`, while the
 * files that Compose reads are the source's.
 */
interface Folders {
  /** Of `extends` and `include`. */
  folder: BaseFolder;
  /** Of binds and env files. */
  base: BaseFolder;
}

function readModel(
  documents: ComposeDocuments,
  files: readonly string[],
  folders: Folders,
  including: readonly string[],
  place?: Place,
): Model {
  const model: Model = {
    name: null,
    services: new Map(),
    networks: new Map(),
    included: new Set(),
    volumes: new Map(),
    definedVolumes: { definitions: new Map(), places: new Map(), included: new Set() },
  };
  const includes: { include: Include; place: Place }[] = [];
  for (const file of files) {
    for (const document of documents.open(file, place)) {
      mergeDocument(model, document, file, folders, documents);
      for (const [index, include] of (document.content.include ?? []).entries()) {
        includes.push({ include, place: document.source.place(['include', index]) });
      }
    }
  }
  for (const { include, place: at } of includes) {
    addIncluded(model, include, at, documents, folders, [...including, ...files]);
  }
  return model;
}

function mergeDocument(
  model: Model,
  { source, content }: ComposeDocument,
  file: string,
  { folder, base }: Folders,
  documents: ComposeDocuments,
): void {
  documents.paths.push(...namedPaths(source, base, folder));
  if (content.name !== null && content.name !== undefined)
    model.name = { text: String(content.name), place: source.place(['name']) };
  mergeDefinitions('networks', model.networks, content.networks ?? {}, source.tags);
  mergeDefinitions('volumes', model.definedVolumes.definitions, content.volumes ?? {}, source.tags);
  for (const key of Object.keys(content.volumes ?? {}))
    model.definedVolumes.places.set(key, source.place(['volumes', key], 'key'));
  for (const [key, real] of volumesOf(content.volumes ?? {})) model.volumes.set(key, real);
  for (const [name, service] of Object.entries(content.services ?? {})) {
    const path = ['services', name];
    const replaced = source.tags.some(
      (tagged) => tagged.path.length === 2 && tagged.path.every((key, index) => key === path[index]),
    );
    if (replaced) model.services.delete(name);
    if (service === null) {
      if (!replaced && !model.services.has(name))
        documents.problems.push(nullService(name, source.place(path, 'key')));
      continue;
    }
    const definition = { file, name, service, source, base, folder };
    const layer = extendedLayer(definition, documents);
    const below = model.services.get(name);
    model.services.set(name, below ? mergeLayers(below, layer, tagsOf(source, path)) : layer);
  }
}

/** Adds an included application's services; what the including files already have stays, as Compose insists. */
function addIncluded(
  model: Model,
  include: Include,
  place: Place,
  documents: ComposeDocuments,
  { folder }: Folders,
  including: readonly string[],
): void {
  const long = typeof include === 'string' ? { path: include } : include;
  const files: string[] = [];
  for (const path of [long.path].flat()) {
    const file = resolveFile(folder, path, place, documents);
    if (file === null) return;
    files.push(file);
  }
  const [first] = files;
  if (first === undefined) return;
  if (including.includes(first)) {
    documents.problems.push(circularInclude([...including, first], place));
    return;
  }
  const directory = 'project_directory' in long ? long.project_directory : undefined;
  const base = directory ? documents.folder(folder, directory) : posix.dirname(first);
  const included = readModel(documents, files, { folder: base, base }, including, place);
  for (const [name, layer] of included.services) {
    if (!model.services.has(name)) model.services.set(name, layer);
  }
  for (const [key, definition] of included.networks) {
    if (model.networks.has(key)) continue;
    model.networks.set(key, definition);
    model.included.add(key);
  }
  for (const [key, real] of included.volumes) if (!model.volumes.has(key)) model.volumes.set(key, real);
  const { definitions, places } = included.definedVolumes;
  for (const [key, definition] of definitions) {
    if (model.definedVolumes.definitions.has(key)) continue;
    model.definedVolumes.definitions.set(key, definition);
    model.definedVolumes.included.add(key);
    const declared = places.get(key);
    if (declared !== undefined) model.definedVolumes.places.set(key, declared);
  }
}

/**
 * Of a named volume what it is on the engine, as far as the file says: its name there, or the folder of this host that
 * it shows.
 */
function volumesOf(volumes: Record<string, unknown>): [string, string][] {
  return Object.entries(volumes).flatMap(([key, value]) => {
    const { name, external, driver_opts: options } = mappingOf(value);
    const device = mappingOf(options)['device'];
    const named = typeof name === 'string' ? name : mappingOf(external)['name'];
    const real = device ?? named ?? (external ? key : undefined);
    return typeof real === 'string' ? [[key, real] as [string, string]] : [];
  });
}

function circularInclude(chain: readonly string[], place: Place): Problem {
  return {
    code: 'circular-include',
    severity: 'error',
    message: `${chain.map((file) => `\`${file}\``).join(' includes ')}: a circle`,
    help: 'A file cannot include what includes it.',
    place,
  };
}
