import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { PROXY_COMPOSE_FILE, projectArtifactPaths, projectComposeFile } from '@itsup/artifacts';
import {
  checkComposeFiles,
  composeFilesOf,
  composeVariables,
  problemsOf,
  readProject,
  readSettings,
  readWorkspace,
  type ComposeVariable,
  type Problem,
  type Settings,
} from '@itsup/config';
import type { Docker } from '@itsup/docker';
import { routeProject, routeWorkspace } from '@itsup/routing';
import { PROXY_STACK } from '../stacks/model';
import { forEachBounded } from './for-each-bounded';
import { composeVerdict } from './compose-verdict';
import { placeholderEnvironment } from './placeholders';

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
 * verdict depends on nothing that git ignores. Without Compose a check of the keys of every Compose file, the operator's
 * and ours, stands in, and the outcome says so.
 */
export async function validateStacks(request: ValidateRequest): Promise<void> {
  const { root, stacks, docker, parallel, onOutcome } = request;
  const { settings, problems } = await readSettings(root);
  const check: Check = { root, docker, settings, presence: new ComposePresence(docker) };
  await forEachBounded(stacks, parallel, async (stack) => {
    const found = await (stack === PROXY_STACK ? checkProxy(check) : checkProject(check, stack)).catch(
      problemsOf,
    );
    onOutcome({ stack, problems: [...problems, ...found] });
  });
}

interface Check {
  root: string;
  docker: Docker;
  settings: Settings;
  presence: ComposePresence;
}

/** Whether Compose can be asked, asked itself beside the first checks: nearly everywhere it can. */
class ComposePresence {
  /** Why not; null: it can. */
  readonly withoutCompose: Promise<string | null>;
  /** As long as the answer is not there, nothing speaks against asking. */
  isMissing = false;

  constructor(docker: Docker) {
    this.withoutCompose = docker.versions().then(({ compose, composeError }) => {
      this.isMissing = compose === null || composeError !== null;
      return this.isMissing ? (composeError?.message ?? 'Compose is not installed') : null;
    });
    // Awaited where there is something to check.
    this.withoutCompose.catch(() => undefined);
  }
}

async function checkProject(check: Check, name: string): Promise<Problem[]> {
  const { project, problems } = await readProject(check.root, name, check.settings);
  const routing = routeProject(project, check.settings);
  const found = [...problems, ...routing.problems];
  if (found.some(({ severity }) => severity === 'error') || project.kind === 'external') {
    return found;
  }
  const files = [...composeFilesOf(check.root, project), ...projectArtifactPaths(name)];
  const variables = await composeVariables(check.root, project);
  return [
    ...found,
    ...(await checkArtifact(check, { stack: name, file: projectComposeFile(name), files, variables })),
  ];
}

async function checkProxy(check: Check): Promise<Problem[]> {
  const workspace = await readWorkspace(check.root);
  const conflicts = routeWorkspace(workspace).problems;
  const file = PROXY_COMPOSE_FILE;
  const artifact = { stack: PROXY_STACK, file, files: [file], variables: [] };
  return [...conflicts, ...(await checkArtifact(check, artifact))];
}

interface Artifact {
  stack: string;
  /** What Compose is run with. */
  file: string;
  /** Every Compose file of the workspace that it comes to. */
  files: string[];
  variables: ComposeVariable[];
}

async function checkArtifact(check: Check, { stack, file, files, variables }: Artifact): Promise<Problem[]> {
  const written = await access(join(check.root, file)).then(
    () => true,
    () => false,
  );
  if (!written) {
    return [
      {
        code: 'artifact-missing',
        severity: 'error',
        message: `${file} is not there`,
        help: `run itsup generate ${stack}`,
      },
    ];
  }
  const { presence } = check;
  const env = placeholderEnvironment(variables);
  const compose = check.docker.compose({ project: stack, files: [file], cwd: check.root, env });
  const verdict = presence.isMissing ? null : composeVerdict(compose, variables);
  verdict?.catch(() => undefined);
  const withoutCompose = await presence.withoutCompose;
  if (withoutCompose !== null) {
    return [...checkComposeFiles(check.root, files), standInNote(withoutCompose)];
  }
  return verdict ?? [];
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
