import { existsSync } from 'node:fs';
import path from 'node:path';

import {
  checkComposeFiles,
  locateInCompose,
  suggest,
  type Place,
  type Problem,
  type Project,
} from '@itsup/config';
import { folderForFileText, foldersForFiles } from '../desired/files/folder-for-file';
import { dockerfileAt } from '../images/base-images';
import { missingEnvFiles } from '../desired/environment/missing-env-files';
import { envFileMissing } from './compose-verdict';

/**
 * What Compose says, at its line; a key that it does not know with the one that was meant, and of missing files all.
 * @param files Compose files of the workspace that were checked
 * @param project null: the proxy
 */
export function placed(
  root: string,
  { files, project }: { files: string[]; project: Project | null },
  problem: Problem,
): Problem[] {
  if (problem.code === 'env-file-missing') return absentEnvFiles(root, project, problem);
  if (problem.severity !== 'error' || problem.place !== undefined) return [problem];
  if (/additional propert/i.test(problem.message)) {
    const unknown = checkComposeFiles(root, files).filter(
      ({ code, place }) =>
        code === 'unknown-key' && place?.text !== undefined && problem.message.includes(keyAt(place)),
    );
    if (unknown.length > 0) return unknown;
  }
  const [first = ''] = files;
  // Without a line the file is still said: in a check of all projects nothing else tells whose it is.
  const place = locateInCompose(root, files, problem.message) ?? { file: first, line: 1, column: 1 };
  const message = problem.message
    .replace(/^validating \S+: /, '')
    .replace(/: invalid compose project$/, '')
    .replaceAll(`${root}/`, '');
  const help = cureOf(message, project) ?? problem.help;
  return [{ ...problem, message, ...(help !== undefined && { help }), place }];
}

/** Of a name that nothing in the Compose file has. */
function cureOf(message: string, project: Project | null): string | undefined {
  const [, kind = '', name = ''] = /\bundefined (\w+) "?([^\s":]+)"?/.exec(message) ?? [];
  if (kind === '') return undefined;
  const { services = [], networks = [] } = project?.compose ?? {};
  const known =
    kind === 'service'
      ? services.map((each) => each.name)
      : kind === 'network'
        ? ['default', ...networks]
        : [];
  const meant = suggest(name, known);
  if (meant !== undefined) return `did you mean ${meant}?`;
  return kind === 'service'
    ? `correct the name, or add the service; one whose profile is off does not count`
    : `correct the name, or define it at the top of the Compose file: ${kind}s: {${name}: …}`;
}

/** Each that is missing at its line; what Compose names, where nothing is known of it. */
function absentEnvFiles(root: string, project: Project | null, problem: Problem): Problem[] {
  const missing = missingEnvFiles(root, project);
  if (missing.length === 0) return [{ ...problem, message: problem.message.replaceAll(`${root}/`, '') }];
  return missing.map(({ path, place }) => ({ ...problem, message: envFileMissing(path), place }));
}

/** What a project is built from and hands to its containers, where it is named and not here; git may ignore it. */
export function absentSources(root: string, { compose }: Project): Problem[] {
  const paths = compose?.paths ?? [];
  const missing = paths.flatMap(({ attribute, base, path: name, place }) => {
    const what = SOURCES[attribute];
    if (what === undefined || base === null || name.includes('$') || name.startsWith('~')) return [];
    const file = path.resolve(root, base, name);
    const isThere = attribute === 'dockerfile' ? dockerfileAt(file) !== null : existsSync(file);
    return isThere ? [] : [{ what, attribute, file, place }];
  });
  // Of a context that is not here its own absence says all.
  const contexts = missing.filter(({ attribute }) => attribute === 'build').map(({ file }) => `${file}/`);
  const absent = missing.flatMap(({ what, attribute, file, place }): Problem[] => {
    if (attribute === 'dockerfile' && contexts.some((context) => file.startsWith(context))) return [];
    const shown = path.relative(root, file);
    return [
      {
        code: 'source-missing',
        severity: 'warning',
        message: `${what} ${shown.startsWith('..') ? file : shown} is not here; a deploy needs it`,
        help: 'correct the path, or create it on the server; nothing to do where the project is only validated',
        place,
      },
    ];
  });
  const folders = foldersForFiles(root, paths, null).map((one): Problem => ({
    code: 'folder-for-file',
    severity: 'note',
    message: folderForFileText(one),
    help: 'create it on the server before its first deploy; nothing to do where a folder is meant',
    place: one.place,
  }));
  return [...absent, ...folders];
}

const SOURCES: Readonly<Record<string, string>> = {
  build: 'the build context',
  dockerfile: 'the Dockerfile',
  'secrets: file': 'the secret’s file',
  'configs: file': 'the config’s file',
};

/** The key that a place is of. */
function keyAt({ text = '', column, length = 1 }: Place): string {
  return text.slice(column - 1, column - 1 + length).replace(/^["']|["']$/g, '');
}
