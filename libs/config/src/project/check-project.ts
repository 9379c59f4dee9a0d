import { PROJECT_NAME } from '../schema/grammar';
import type { Place, Problem } from '../problem/problem';
import { misnamedIn, type Misnamed } from './misnamed';
import { COMPOSE_FILES, INGRESS_FILES, RESERVED_NAMES } from '../files/project-folder';
import type { IngressFacts } from '../ingress/read-ingress';

export interface ProjectParts {
  name: string;
  folder: string;
  /** Files that exist, in order of preference. */
  compose: readonly string[];
  overrides: readonly string[];
  ingress: readonly string[];
  nx: readonly string[];
  otherYaml: readonly string[];
  /** Compose files that are read, from the workspace root. */
  readFiles: readonly string[];
  ingressFacts: IngressFacts;
  hasCompose: boolean;
}

/** Everything about a project's folder that no single file shows. */
export function checkProject(parts: ProjectParts): Problem[] {
  return [
    ...checkNxFiles(parts),
    ...checkName(parts),
    ...checkFiles(parts),
    ...checkMisnamed(parts),
    ...checkKind(parts),
  ];
}

/** A check runs nothing: what Nx runs is the operator's, and stands in the workspace's root. */
function checkNxFiles({ folder, nx }: ProjectParts): Problem[] {
  return nx.map((file) => ({
    code: 'nx-configuration',
    severity: 'error',
    message: `\`${file}\` would tell Nx what to run or to see, which no project may`,
    help: `Remove ${folder}/${file}.`,
    place: { file: `${folder}/${file}`, line: 1, column: 1 },
  }));
}

function checkName({ name, folder, compose, ingress }: ProjectParts): Problem[] {
  const flaw = nameFlaw(name);
  if (flaw === null) return [];
  const { code, message, instead } = flaw;
  const cure =
    code === 'reserved-name'
      ? `Rename the folder ${folder}.`
      : `${NAME_GRAMMAR}${instead === null ? '' : `: rename the folder to \`${instead}\``}.`;
  // A folder's name stands in no file; what makes it a project is the nearest thing to open.
  const [file] = [...compose, ...ingress];
  const place = file === undefined ? {} : { place: { file: `${folder}/${file}`, line: 1, column: 1 } };
  return [{ code, severity: 'error', message, help: cure, ...place }];
}

/** What Compose asks of a project's name, as the start of a sentence. */
export const NAME_GRAMMAR = 'Compose wants lower-case letters, digits, - and _, a letter or digit first';

/** Why a project cannot have this name, and the nearest one that it could; null: it can. */
export function nameFlaw(name: string): { code: string; message: string; instead: string | null } | null {
  if (RESERVED_NAMES.includes(name)) {
    const message = `\`${name}\` is a name of the proxy's own and no project can have it`;
    return { code: 'reserved-name', message, instead: null };
  }
  if (PROJECT_NAME.test(name)) return null;
  const instead = name
    // Letters without their accents: `ünï` is `uni`.
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[-_]+|-+$/g, '');
  const message = `\`${name}\` cannot be the name of a project`;
  return { code: 'invalid-name', message, instead: instead === '' ? null : instead };
}

function checkFiles({ folder, compose, overrides, ingress }: ProjectParts): Problem[] {
  const problems: Problem[] = [];
  for (const [files, what] of [
    [ingress, 'the ingress file'],
    [compose, 'the Compose file'],
    [compose.length > 0 ? overrides : [], 'the override file'],
  ] as const) {
    const [used, ...ignored] = files;
    for (const file of ignored) {
      problems.push({
        code: 'ignored-file',
        severity: 'warning',
        message: `${what} is \`${used}\`, so \`${file}\` beside it is ignored`,
        help: `Remove ${folder}/${file}, or move what it says.`,
        place: { file: `${folder}/${file}`, line: 1, column: 1 },
      });
    }
  }
  return problems;
}

/** One that another file names, by `include` or `extends`, is read all the same. */
function checkMisnamed({ folder, hasCompose, otherYaml, readFiles }: ProjectParts): Problem[] {
  return misnamedIn(otherYaml, hasCompose)
    .filter(({ file }) => !readFiles.includes(`${folder}/${file}`))
    .map((each) => misnamedFile(folder, each));
}

/** What is told of a file that nothing reads. */
export function misnamedFile(folder: string, { file, meant }: Misnamed): Problem {
  return {
    code: 'misnamed-file',
    severity: 'warning',
    message: `\`${file}\` is not read — did you mean \`${meant}\`?`,
    help: `Rename ${folder}/${file} to ${meant}, or give it a name of another kind.`,
    place: { file: `${folder}/${file}`, line: 1, column: 1 },
  };
}

function checkKind({ name, folder, ingress, ingressFacts, hasCompose }: ProjectParts): Problem[] {
  const [file] = ingress;
  if (hasCompose) {
    if (ingressFacts.host === null) return [];
    return [
      {
        code: 'host-with-compose',
        severity: 'error',
        message: '`host` names a machine outside Docker, and there is a Compose file too',
        help: 'Remove `host`, or make it a project of its own without a Compose file.',
        place: placeOf(ingressFacts, ['host'], `${folder}/${file}`),
      },
    ];
  }
  if (file === undefined) {
    return [
      {
        code: 'no-files',
        severity: 'error',
        message: `${folder} has neither a Compose file nor an ingress file`,
        help: `Compose files are called ${COMPOSE_FILES.join(', ')}; ingress files ${INGRESS_FILES.join(', ')}.`,
      },
    ];
  }
  // A file that could not be read says nothing about what it lacks.
  if (ingressFacts.source === null) return [];
  if (ingressFacts.host === null) {
    if (ingressFacts.problems.some((problem) => problem.severity === 'error')) return [];
    return [
      {
        code: 'missing-host',
        severity: 'error',
        message: `${name} has no Compose file, so its ingress file has to name a \`host\``,
        help: 'Add `host:` with a name or an address, or the Compose file.',
        place: { file: `${folder}/${file}`, line: 1, column: 1 },
      },
    ];
  }
  return ingressFacts.ingress.flatMap((row) =>
    (['service', 'ipv4_address', 'dns'] as const).flatMap((key) =>
      row.places[key] === undefined
        ? []
        : {
            code: 'ignored-key',
            severity: 'warning' as const,
            message: `\`${key}\` means nothing here: \`host\` answers, not a container`,
            help: 'Remove it.',
            place: row.places[key],
          },
    ),
  );
}

function placeOf(facts: IngressFacts, path: string[], file: string): Place {
  return facts.source?.place(path) ?? { file, line: 1, column: 1 };
}
