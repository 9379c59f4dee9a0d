import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  copyProblems,
  PROXY_COMPOSE_FILE,
  projectArtifactPaths,
  projectComposeFile,
  proxyArtifactPaths,
  traefikFileProblems,
} from '@itsup/artifacts';
import {
  checkComposeFiles,
  composeFilesOf,
  composeVariables,
  followSources,
  problemsOf,
  readWorkspace,
  WorkspaceReader,
  type ComposeVariable,
  type Problem,
  type Project,
  type Settings,
  type Workspace,
} from '@itsup/config';
import type { Compose, ComposeModel, Docker } from '@itsup/docker';
import {
  composeProjectName,
  knownObjects,
  routeProject,
  routeWorkspace,
  type ProjectRouting,
  type WorkspaceRouting,
} from '@itsup/routing';
import { checkedVersion, isCheckedVersion } from '@itsup/traefik';
import { parse } from 'yaml';
import { PROXY_STACK } from '../requests';
import { composeOf } from '../desired/project-compose';
import { projectPaths } from '../stack/stack-spec';
import { credentialProblems } from '../desired/environment/credential-problems';
import { projectText } from '../desired/environment/project-text';
import { HOST_CONTEXT, plainTextProblems, secretsFilesOf } from '../desired/environment/secrets';
import { forEachBounded } from '../for-each-bounded';
import { ComposePresence } from './compose-presence';
import { composeVerdict } from './compose-verdict';
import { absentSources, placed } from './placed';
import { placeholderEnvironment } from './placeholders';
import { swarmVerdict } from './swarm-verdict';
import { once } from '../once';

export interface ValidateRequest {
  root: string;
  stacks: readonly string[];
  /** Its environment must hold what `docker` needs to start and nothing else: no verdict may depend on the rest. */
  docker: Docker;
  /** Compose processes at the same time: the number of processors. */
  parallel: number;
  onOutcome: (outcome: ValidateOutcome) => void;
}

export interface ValidateOutcome {
  stack: string;
  /** One of severity error: the stack is not valid. */
  problems: Problem[];
}

/**
 * Checks the artifacts that `generate` wrote: with `docker compose config`, one process a stack, and for meaning. The
 * verdict depends on nothing that git ignores. Without Compose a check of the keys of every Compose file, the
 * operator's and ours, stands in, and the outcome says so.
 */
export async function validateStacks(request: ValidateRequest): Promise<void> {
  const { root, stacks, docker, parallel, onOutcome } = request;
  const reader = new WorkspaceReader(root, { projects: stacks.length });
  const { settings, problems } = reader.settings();
  const routed = new Map<string, ProjectRouting>();
  const routingOf = (project: Project): ProjectRouting => {
    const routing = routed.get(project.name) ?? routeProject(project, settings);
    routed.set(project.name, routing);
    return routing;
  };
  const check: Check = {
    ...{ root, docker, settings, presence: new ComposePresence(docker) },
    ofSettings: new Set(problems.map(textOf)),
    routingOf,
    reader,
    // What is kept of all projects saves the most where only a few of them are known.
    whole: once(() => wholeWorkspace(root, reader.isForMany ? reader : new WorkspaceReader(root), routingOf)),
  };
  await forEachBounded(stacks, parallel, async (stack) => {
    const found = await (stack === PROXY_STACK ? checkProxy(check) : checkProject(check, stack)).catch(
      problemsOf,
    );
    onOutcome({ stack, problems: [...problems, ...found] });
  });
  reader.close();
}

interface Check {
  root: string;
  docker: Docker;
  settings: Settings;
  reader: WorkspaceReader;
  /** Made once for a project, and for the whole workspace too. */
  routingOf(project: Project): ProjectRouting;
  presence: ComposePresence;
  /** What is wrong with the settings. */
  ofSettings: ReadonlySet<string>;
  /** Read for the proxy, and for projects with egress, whose edges their providers decide too. */
  whole(): Promise<Whole>;
}

interface Whole {
  workspace: Workspace;
  routing: WorkspaceRouting;
}

function textOf({ code, message, place }: Problem): string {
  return `${code} ${message} ${place?.line ?? 0}`;
}

async function wholeWorkspace(
  root: string,
  reader: WorkspaceReader,
  routingOf: Check['routingOf'],
): Promise<Whole> {
  const workspace = await readWorkspace(root, reader);
  const routed = new Map(workspace.projects.map((project) => [project.name, routingOf(project)]));
  return { workspace, routing: routeWorkspace(workspace, routed) };
}

async function checkProject(check: Check, name: string): Promise<Problem[]> {
  const { project, problems } = check.reader.project(name);
  const routing = check.routingOf(project);
  const ofEdges = project.egress.length === 0 ? [] : (await check.whole()).routing.edgeProblems;
  const found = [
    ...problems,
    ...routing.problems,
    ...ofEdges.filter((each) => each.project === name),
    ...plainTextProblems(check.root, name),
  ];
  if (found.some(({ severity }) => severity === 'error') || project.kind === 'external') {
    return found;
  }
  const files = [...composeFilesOf(check.root, project), ...projectArtifactPaths(name)];
  const variables = [...composeVariables(check.root, project), ...variablesOfRows(project)];
  const own = ownNames(check.root, name);
  const { isolation } = check.settings;
  const forbidden = [
    ...followSources(check.root, project, placeholderEnvironment(variables), isolation).problems,
    ...credentialProblems(name, project.compose?.credentials ?? [], own, null),
  ];
  // Compose would read what the project may not.
  if (forbidden.some(({ severity }) => severity === 'error')) return [...found, ...forbidden];
  return [
    ...found,
    ...forbidden,
    ...absentSources(check.root, project),
    ...(await checkArtifact(check, {
      stack: name,
      run: { projectName: composeProjectName(project), project, ...projectPaths(check.root, project) },
      file: projectComposeFile(name),
      files,
      variables,
    })),
  ];
}

/** Variables that what is generated from the rows takes. */
function variablesOfRows({ ingress }: Project): ComposeVariable[] {
  const names = new Set(ingress.flatMap(({ basicAuth }) => basicAuth ?? []));
  return [...names].map((name) => ({ name, optional: false, context: 'other', keys: [] }));
}

/** Names that the project's `.env` and secrets define, as far as they are here; an encrypted file shows its names. */
function ownNames(root: string, project: string): Set<string> {
  const files = [`projects/${project}/.env`, ...secretsFilesOf(project)];
  const texts = files.map((file) => projectText(join(root, file), file) ?? '');
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/^\s*(?:export\s+)?"?([A-Za-z_]\w*)"?\s*[=:]/gm)].map((match) => match[1] ?? ''),
    ),
  );
}

async function checkProxy(check: Check): Promise<Problem[]> {
  const { workspace, routing } = await check.whole();
  const told = new Set(routing.edgeProblems);
  const file = PROXY_COMPOSE_FILE;
  const run = {
    projectName: PROXY_STACK,
    project: null,
    folder: check.root,
    directory: join(check.root, dirname(file)),
    files: [join(check.root, file)],
  };
  const artifact = { stack: PROXY_STACK, run, file, files: [file], variables: [] };
  return [
    // Of what concerns no project the settings' own is told to every stack.
    ...workspace.problems.filter(
      (problem) => problem.project === undefined && !check.ofSettings.has(textOf(problem)),
    ),
    // An edge fails its consumer alone, which tells of it.
    ...routing.problems.filter((problem) => !told.has(problem)),
    ...plainTextProblems(check.root, HOST_CONTEXT),
    ...(await traefikProblems(check.root, workspace, routing)),
    ...copyProblems(check.root),
    ...(await checkArtifact(check, artifact)),
  ];
}

/** Traefik's files as `generate` wrote them; which of them is missing is the artifacts' own check. */
async function traefikProblems(
  root: string,
  workspace: Workspace,
  routing: WorkspaceRouting,
): Promise<Problem[]> {
  const paths = proxyArtifactPaths().filter((path) => path.startsWith('proxy/traefik/'));
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8').catch(() => '') })),
  );
  const { settings } = workspace;
  if (!isCheckedVersion(settings.versions.traefik)) return [otherVersionNote(settings.versions.traefik)];
  return traefikFileProblems(files, settings, knownObjects(workspace, routing));
}

function otherVersionNote(version: string): Problem {
  return {
    code: 'traefik-types-of-another-version',
    severity: 'note',
    message: `labels and Traefik's files are not checked by type: \`versions.traefik\` is ${version}, the types are of v${checkedVersion}`,
    help: 'plan and deploy try the files in a throw-away Traefik of that version',
  };
}

interface Artifact {
  stack: string;
  /** What Compose is run on, as a deploy runs it. */
  run: Parameters<typeof composeOf>[1];
  /** The generated Compose file. */
  file: string;
  /** Every Compose file of the workspace that it comes to. */
  files: string[];
  variables: ComposeVariable[];
}

async function checkArtifact(
  check: Check,
  { stack, run, file, files, variables }: Artifact,
): Promise<Problem[]> {
  if (!existsSync(join(check.root, file))) {
    return [
      {
        code: 'artifact-missing',
        severity: 'error',
        message: `${file} is not there`,
        help: `run itsup generate ${stack}`,
      },
    ];
  }
  const compose = (env: Record<string, string>): Compose => composeOf(check.docker, run, { env });
  const { project } = run;
  const onSwarm =
    check.settings.engine === 'swarm' && project !== null
      ? async (env: Record<string, string>) => {
          const model = parse(await compose(env).configYaml()) as ComposeModel;
          return swarmVerdict({ root: check.root, project, files, model, docker: check.docker });
        }
      : undefined;
  const verdict = await check.presence.judge(() =>
    composeVerdict({ compose, variables, ...(onSwarm && { further: onSwarm }) }),
  );
  return 'problems' in verdict
    ? verdict.problems.flatMap((problem) => placed(check.root, { files, project }, problem))
    : [...checkComposeFiles(check.root, files), standInNote(verdict.withoutCompose)];
}

function standInNote(reason: string): Problem {
  return {
    code: 'checked-without-compose',
    severity: 'note',
    message: `checked without Compose: ${reason}`,
    help:
      'Checked in the Compose files and in what was generated from them: YAML, the names of keys, and the values that ' +
      'itsup reads. Not checked: other values, and whether the networks, volumes and secrets that a service names exist.',
  };
}
