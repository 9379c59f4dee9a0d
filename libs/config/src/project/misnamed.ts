import { suggest } from '../problem/suggest';
import { COMPOSE_FILES, HOST_FILES, INGRESS_FILES } from '../files/project-folder';

/** Files of `projects/` itself: the host's settings, and what is kept of images. */
const FILES_OF_PROJECTS = [...HOST_FILES, 'images.lock.yml'];

const YAML_NAME = /^(.+)\.(ya?ml)$/i;
const COMPOSE_PREFIX = /^((?:docker[-_])?compose)[._-](.+)$/i;

/** A file that nothing reads, because its name is only near the one that is read. */
export interface Misnamed {
  file: string;
  /** The name that it was probably to have. */
  meant: string;
}

/**
 * YAML files of a project's folder with a name like that of an ingress file (`ingress.yaml`, `Ingress.yml`,
 * `ingres.yml`), of an override file, or, where there is no Compose file, of one.
 */
export function misnamedIn(names: Iterable<string>, hasCompose: boolean): Misnamed[] {
  return [...names].sort().flatMap((file) => {
    const meant =
      meantBy(file, INGRESS_FILES) ?? (hasCompose ? overrideMeantBy(file) : meantBy(file, COMPOSE_FILES));
    return meant === undefined ? [] : [{ file, meant }];
  });
}

/** The same of `projects/` itself. */
export function misnamedOfHost(names: Iterable<string>): Misnamed[] {
  return [...names].sort().flatMap((file) => {
    const meant = meantBy(file, FILES_OF_PROJECTS);
    return meant === undefined ? [] : [{ file, meant }];
  });
}

function meantBy(file: string, known: readonly string[]): string | undefined {
  const [, stem, ending = ''] = YAML_NAME.exec(file) ?? [];
  if (stem === undefined || known.includes(file)) return undefined;
  const meant = suggest(
    stem,
    known.map((name) => YAML_NAME.exec(name)?.[1] ?? name),
  );
  if (meant === undefined) return undefined;
  const same = known.filter((name) => name.startsWith(`${meant}.`));
  return same.find((name) => name.endsWith(`.${ending.toLowerCase()}`)) ?? same[0];
}

/** A slip in `override`; `docker-compose.prod.yml` is another file, which somebody names. */
function overrideMeantBy(file: string): string | undefined {
  const [, stem = '', ending = ''] = YAML_NAME.exec(file) ?? [];
  const [, prefix = '', word] = COMPOSE_PREFIX.exec(stem) ?? [];
  if (word === undefined || suggest(word, ['override']) === undefined) return undefined;
  const meant = `${prefix.toLowerCase().replace('_', '-')}.override.${ending.toLowerCase()}`;
  return meant === file ? undefined : meant;
}
