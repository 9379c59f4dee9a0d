import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { PROXY_COMPOSE_FILE, projectComposeFile } from '@itsup/artifacts';
import {
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
 * verdict depends on nothing that git ignores. Without Compose the readers' own checks stand in, and the outcome says so.
 */
export async function validateStacks(request: ValidateRequest): Promise<void> {
  const { root, stacks, docker, parallel, onOutcome } = request;
  const { settings, problems } = await readSettings(root);
  const { compose, composeError } = await docker.versions();
  const check: Check = {
    root,
    docker,
    settings,
    withoutCompose:
      compose === null || composeError !== null
        ? (composeError?.message ?? 'Compose is not installed')
        : null,
  };
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
  /** Why Compose cannot be asked; null: it can. */
  withoutCompose: string | null;
}

async function checkProject(check: Check, name: string): Promise<Problem[]> {
  const { project, problems } = await readProject(check.root, name, check.settings);
  const routing = routeProject(project, check.settings);
  const found = [...problems, ...routing.problems];
  if (found.some(({ severity }) => severity === 'error') || project.kind === 'external') {
    return found;
  }
  const variables = await composeVariables(check.root, project);
  return [...found, ...(await checkArtifact(check, name, projectComposeFile(name), variables))];
}

async function checkProxy(check: Check): Promise<Problem[]> {
  const workspace = await readWorkspace(check.root);
  const conflicts = routeWorkspace(workspace).problems;
  return [...conflicts, ...(await checkArtifact(check, PROXY_STACK, PROXY_COMPOSE_FILE, []))];
}

async function checkArtifact(
  check: Check,
  stack: string,
  file: string,
  variables: ComposeVariable[],
): Promise<Problem[]> {
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
  if (check.withoutCompose !== null) {
    return [standInNote(check.withoutCompose)];
  }
  const env = placeholderEnvironment(variables);
  const compose = check.docker.compose({ project: stack, files: [file], cwd: check.root, env });
  return composeVerdict(compose, variables);
}

function standInNote(reason: string): Problem {
  return {
    code: 'checked-without-compose',
    severity: 'note',
    message: `checked against the schema alone, not by Compose: ${reason}`,
  };
}
