import { posix } from 'node:path';
import type { IngressRow, Isolation, PathMode, Project, ServiceFacts, Settings } from '../model';
import type { Place, Problem } from '../problem/problem';
import { checkProject } from './check-project';
import { orderProblems } from '../problem/order-problems';
import { pathProblems } from './path-problems';
import { listProjectFolder, type ProjectFolder } from '../files/project-folder';
import { readCompose, type ReadCompose } from '../compose/read-compose';
import { readIngress, type IngressFacts } from '../ingress/read-ingress';
import { YamlFiles } from '../yaml/yaml-files';
import { mainFiles } from '../dotenv/main-files';
import { effectiveName, readComposeSettings, type ComposeSettings } from '../dotenv/compose-settings';

/**
 * Reads one project of the workspace `root`. Mistakes of the operator come back as problems; a project always comes
 * back too, without the parts that are wrong. It is to be used only when no problem is an error.
 */
export async function readProject(root: string, name: string, settings: Settings): Promise<ReadProject> {
  const folder = listProjectFolder(root, name) ?? NO_FILES;
  const files = new YamlFiles(root);
  const read = readProjectFrom(name, folder, settings, files);
  return withPathProblems(read, files, root, settings.isolation);
}

/** Of a folder that is not there, or cannot be listed. */
export const NO_FILES: ProjectFolder = {
  ...{ compose: [], overrides: [], ingress: [], links: [], nx: [], otherYaml: [] },
  hasFiles: false,
};

/** What a project's files came to. */
export interface ReadProject {
  project: Project;
  problems: Problem[];
}

/** The same from files that other projects may read too. */
export function readProjectFrom(
  name: string,
  listed: ProjectFolder,
  { paths: defaultPaths }: Pick<Settings, 'paths'>,
  files: YamlFiles,
): ReadProject {
  const folder = `projects/${name}`;
  const inFolder = (file: string) => `${folder}/${file}`;
  const [ingressFile] = listed.ingress.map(inFolder);
  const ingress = ingressFile === undefined ? NO_INGRESS : readIngress(files, ingressFile, name);
  const paths = ingress.paths ?? defaultPaths;
  const settings = readComposeSettings(files, folder);
  const main = mainFiles(folder, listed, settings);
  const compose = main.length === 0 ? null : readProjectCompose(files, name, main, paths, settings);

  const used = settings.files === null ? listed : { ...listed, compose: [], overrides: [] };
  const problems = [
    ...checkProject({
      ...{ name, folder, ...used, ingressFacts: ingress, hasCompose: compose !== null },
      readFiles: compose?.files ?? [],
    }),
    ...settings.problems,
    ...ingress.problems,
    ...(compose?.problems ?? []),
  ];
  const project: Project = {
    name,
    folder,
    kind: compose === null && ingress.host !== null ? 'external' : 'container',
    enabled: ingress.enabled,
    paths,
    host: compose === null ? ingress.host : null,
    ingressFile: ingressFile ?? null,
    ingress: compose === null ? ingress.ingress.map((row) => ({ ...row, service: null })) : ingress.ingress,
    egress: ingress.egress,
    ...(ingress.exports === null ? {} : { exports: ingress.exports }),
    compose: compose === null ? null : withAssumedServices(compose, ingress.ingress).facts,
    files: filesOf(listed.ingress.map(inFolder), files, compose),
  };
  return { project, problems: orderProblems(problems).map((problem) => ({ ...problem, project: name })) };
}

/** The Compose files with what the project's `.env` says about them. */
function readProjectCompose(
  files: YamlFiles,
  name: string,
  main: readonly string[],
  paths: PathMode,
  settings: ComposeSettings,
): ReadCompose {
  const directory = paths === 'upstream' ? `upstream/${name}` : posix.dirname(main[0] ?? '');
  const read = readCompose(files, main, directory, { owner: name, place: settings.files?.[0]?.place });
  const { projectNamePlace: place, ...facts } = read.facts;
  const named = settings.projectName?.place ?? place;
  const effective = effectiveName(
    settings,
    facts.name,
    paths === 'upstream' ? `projects/${name}` : directory,
  );
  return {
    ...read,
    problems: effective === null ? [...read.problems, unknownName(facts.name ?? '', place)] : read.problems,
    facts: {
      ...facts,
      ...(effective === null ? {} : { projectName: effective }),
      ...(named === undefined ? {} : { projectNamePlace: named }),
      ...(directory === `projects/${name}` ? {} : { directory }),
      ...(settings.profiles.length > 0 ? { activeProfiles: settings.profiles } : {}),
    },
  };
}

function unknownName(written: string, place: Place | undefined): Problem {
  return {
    code: 'unknown-project-name',
    severity: 'warning',
    message: `\`name: ${written}\` has no value here`,
    help: 'A deploy needs it in the `.env` beside the Compose file, or a default: `${STAGE:-prod}`.',
    ...(place && { place }),
  };
}

/** What was read, with what is wrong about where its paths lead just now. */
export function withPathProblems(
  read: ReadProject,
  files: YamlFiles,
  root: string,
  isolation: Isolation,
): ReadProject {
  const found = pathProblems(files, root, read.project, isolation);
  if (found.length === 0) return read;
  const problems = found.map((problem) => ({ ...problem, project: read.project.name }));
  return { ...read, problems: orderProblems([...read.problems, ...problems]) };
}

const NO_INGRESS: IngressFacts = {
  enabled: true,
  host: null,
  paths: null,
  ingress: [],
  egress: [],
  exports: null,
  source: null,
  problems: [],
};

/** With every link's target, so that its edits are noticed. */
function filesOf(ingress: readonly string[], sources: YamlFiles, compose: ReadCompose | null): string[] {
  const all = new Set(compose?.files ?? []);
  for (const file of ingress) all.add(file).add(sources.read(file).realFile);
  return [...all].sort();
}

/** Where a part of the Compose files cannot be read, a row's service is taken to be there. */
function withAssumedServices(compose: ReadCompose, rows: readonly IngressRow[]): ReadCompose {
  if (!compose.facts.partial) return compose;
  const known = new Set(compose.facts.services.map(({ name }) => name));
  const assumed = new Map(
    rows.flatMap((row) =>
      row.service === null || known.has(row.service)
        ? []
        : [[row.service, assumedService(row.service, row.places['service'] ?? row.place)] as const],
    ),
  );
  const services = [...compose.facts.services, ...assumed.values()].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
  return { ...compose, facts: { ...compose.facts, services } };
}

/** What is taken for granted of a service that no Compose file was seen to define. */
export function assumedService(name: string, place: Place): ServiceFacts {
  return {
    name,
    place,
    networks: null,
    networkMode: null,
    labels: {},
    hasDns: false,
    hasHealthcheck: false,
    image: null,
    hasBuild: false,
    containerName: null,
    profiles: [],
    publishedPorts: [],
    partial: true,
  };
}
