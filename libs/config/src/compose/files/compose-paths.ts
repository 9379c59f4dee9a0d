import { posix } from 'node:path';
import type { BaseFolder } from './compose-layer';
import { isMapping } from '../../yaml/is-mapping';
import type { NamedPath } from '../../model';
import type { YamlSource } from '../../yaml/yaml-source';

/**
 * Every path of this machine that one document of a Compose file names, in whatever attribute Compose reads, mounts or
 * builds from; those of `extends` and `include` too. A path that Compose takes for something else (a URL, a volume's
 * name, an image) is left out.
 *
 * @param base the folder that its paths resolve in
 * @param folder the folder that `extends` and `include` resolve in
 */
export function namedPaths(source: YamlSource, base: BaseFolder, folder: BaseFolder): NamedPath[] {
  return namedPathsIn(source.data, source, base, folder);
}

/** The same of a part of the document. */
export function namedPathsIn(
  data: unknown,
  source: YamlSource,
  base: BaseFolder,
  folder: BaseFolder,
): NamedPath[] {
  const found: NamedPath[] = [];
  const add: Add = (use, attribute, path, text, from = use === 'source' ? 'sources' : 'mounts', target) => {
    if (typeof text !== 'string' || text === '' || isElsewhere(text)) return;
    found.push({
      use,
      attribute,
      path: text,
      base: from === 'sources' ? folder : base,
      place: source.place(path),
      ...(typeof target === 'string' && { target }),
    });
  };
  if (!isMapping(data)) return found;
  for (const [name, service] of entriesOf(data['services'])) {
    if (isMapping(service)) ofService(service, ['services', name], add);
  }
  for (const part of ['secrets', 'configs']) {
    for (const [name, object] of entriesOf(data[part]))
      if (isMapping(object)) add('mount', `${part}: file`, [part, name, 'file'], object['file']);
  }
  for (const [name, volume] of entriesOf(data['volumes'])) {
    const options = isMapping(volume) ? volume['driver_opts'] : undefined;
    if (isMapping(options))
      add('mount', 'device', ['volumes', name, 'driver_opts', 'device'], options['device']);
  }
  for (const [index, include] of listOf(data['include']).entries())
    ofInclude(include, ['include', index], add);
  return found;
}

type Add = (
  use: NamedPath['use'],
  attribute: string,
  path: (string | number)[],
  text: unknown,
  /** Where it resolves: with what `extends` names, or with what is mounted. */
  from?: 'sources' | 'mounts',
  /** Of a bind: where it is in the container. */
  target?: unknown,
) => void;

function ofService(service: Record<string, unknown>, at: string[], add: Add): void {
  for (const key of ['env_file', 'label_file']) {
    const entries = service[key];
    for (const [index, entry] of listOf(entries).entries()) {
      const path = Array.isArray(entries) ? [...at, key, index] : [...at, key];
      add('read', key, path, isMapping(entry) ? entry['path'] : entry);
    }
  }
  for (const [index, volume] of listOf(service['volumes']).entries()) {
    const path = [...at, 'volumes', index];
    if (typeof volume === 'string') {
      const [source, target] = boundPaths(volume);
      add('mount', 'volumes', path, source, 'mounts', target);
    } else if (isMapping(volume) && volume['type'] === 'bind') {
      add('mount', 'volumes', path, volume['source'], 'mounts', volume['target']);
    }
  }
  const { extends: extended, build, develop, credential_spec: credentials } = service;
  if (isMapping(extended)) add('source', 'extends', [...at, 'extends', 'file'], extended['file']);
  if (isMapping(credentials))
    add('read', 'credential_spec', [...at, 'credential_spec', 'file'], credentials['file']);
  for (const [index, watch] of listOf(isMapping(develop) ? develop['watch'] : null).entries())
    if (isMapping(watch))
      add('mount', 'develop.watch', [...at, 'develop', 'watch', index, 'path'], watch['path']);
  if (typeof build === 'string') {
    add('build', 'build', [...at, 'build'], build);
    addDockerfile(build, null, [...at, 'build'], add);
  }
  if (isMapping(build)) ofBuild(build, [...at, 'build'], add);
}

function ofBuild(build: Record<string, unknown>, at: string[], add: Add): void {
  const { context, dockerfile, additional_contexts: contexts, ssh } = build;
  add('build', 'build', [...at, 'context'], context ?? '.');
  if (typeof build['dockerfile_inline'] !== 'string')
    addDockerfile(context ?? '.', dockerfile, [...at, 'dockerfile'], add);
  const named = Array.isArray(contexts)
    ? contexts.map((entry, index) => [index, String(entry).replace(/^[^=]*=/, '')] as const)
    : entriesOf(contexts);
  for (const [key, value] of named)
    add('build', 'additional_contexts', [...at, 'additional_contexts', key], value);
  const keys = Array.isArray(ssh)
    ? ssh.map((entry, index) => [index, String(entry).split('=')[1]] as const)
    : entriesOf(ssh);
  for (const [key, value] of keys) add('read', 'ssh', [...at, 'ssh', key], value);
}

/** It stands in its context unless its path is absolute, and is called Dockerfile by default. */
function addDockerfile(context: unknown, dockerfile: unknown, at: string[], add: Add): void {
  const file = typeof dockerfile === 'string' ? dockerfile : 'Dockerfile';
  if (file.startsWith('/')) add('read', 'dockerfile', at, file);
  else if (typeof context === 'string' && !isElsewhere(context))
    add('read', 'dockerfile', at, `${context}/${file}`);
}

function ofInclude(include: unknown, at: (string | number)[], add: Add): void {
  const long = isMapping(include) ? include : { path: include };
  const inside = isMapping(include);
  const paths = listOf(long['path']);
  for (const path of paths) add('source', 'include', inside ? [...at, 'path'] : at, path);
  const files = listOf(long['env_file']);
  for (const file of files) add('read', 'env_file', [...at, 'env_file'], file, 'sources');
  if (files.length > 0) return;
  // Without files of variables Compose reads the `.env` of the included application's folder.
  const { project_directory: directory } = long;
  const [first] = paths;
  const folder =
    typeof directory === 'string' ? directory : typeof first === 'string' ? posix.dirname(first) : null;
  if (folder !== null && !isElsewhere(folder))
    add(
      'read',
      '.env',
      inside && typeof directory === 'string' ? [...at, 'project_directory'] : at,
      `${folder}/.env`,
      'sources',
    );
}

/**
 * Source and target of a volume's short form, when the source is a path: it begins with `.`, `/`, `~` or a variable.
 */
function boundPaths(volume: string): [source: string | null, target?: string] {
  const [first = '', second] = volume
    .replace(/\$\{[^}]*\}/g, (variable) => variable.replaceAll(':', '\0'))
    .split(':')
    .map((part) => part.replaceAll('\0', ':'));
  return second === undefined || !/^[./~$]/.test(first) ? [null] : [first, second];
}

/** A repository, an image, another stage or service: nothing of this machine. */
function isElsewhere(text: string): boolean {
  return /^(?:[a-z][a-z+.-]*:\/\/|git@|github\.com\/|service:|docker-image:|oci-layout:|target:|oci:)/.test(
    text,
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : value === null || value === undefined ? [] : [value];
}

function entriesOf(value: unknown): [string, unknown][] {
  return isMapping(value) ? Object.entries(value) : [];
}
