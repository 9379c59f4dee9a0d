import { access } from 'node:fs/promises';

import { readProject, readSettings, UserError, type Workspace } from '@itsup/config';
import type { Compose } from '@itsup/docker';
import { routeWorkspace } from '@itsup/routing';

import type { DeployContext } from '../context';
import { composeOf, projectCompose } from '../desired/project-compose';
import { createSecretsReader } from '../desired/environment/secrets';
import { PROXY_STACK } from '../requests';
import { refuseSwarm } from '../stack/refuse-swarm';
import { stackSpecs } from '../stack/stack-spec';

/**
 * Compose on one stack, with the file, the name and the environment that deploy uses: for the passthrough and the logs.
 * @param words of the command, which may name variables of the caller to pass on (`run -e NAME`)
 * @throws UserError for a stack that is unknown, has no containers, or was not generated
 */
export async function stackCompose(
  context: DeployContext,
  stack: string,
  words: readonly string[] = [],
): Promise<Compose> {
  const { root, env, docker, state } = context;
  const workspace = await workspaceOf(root, stack);
  refuseSwarm(workspace.settings);
  const spec = stackSpecs(root, workspace, routeWorkspace(workspace)).get(stack);
  if (spec === undefined || spec.kind === 'external') {
    throw new UserError({
      code: 'no-containers',
      severity: 'error',
      message: `${stack} has no containers: it is a host outside Docker`,
    });
  }
  const generated = await access(spec.composeFile).then(
    () => true,
    () => false,
  );
  if (!generated) {
    throw new UserError({
      code: 'artifact-missing',
      severity: 'error',
      message: `${stack} was not generated`,
      help: `run itsup generate ${stack}`,
    });
  }
  const errors = workspace.problems.filter(
    ({ code }) => code.startsWith('foreign-') || code === 'not-a-file',
  );
  if (errors.some(({ severity }) => severity === 'error')) throw new UserError(errors);
  const { stack: environment } = await projectCompose(spec, {
    root,
    stateDir: state.dir,
    env,
    secrets: createSecretsReader(root, docker),
    words,
  });
  return composeOf(docker, spec, environment);
}

/** The workspace reduced to what one stack's commands need. */
async function workspaceOf(root: string, stack: string): Promise<Workspace> {
  const { settings, problems } = await readSettings(root);
  if (stack === PROXY_STACK) {
    return { settings, projects: [], problems };
  }
  const read = await readProject(root, stack, settings);
  return { settings, projects: [read.project], problems: [...problems, ...read.problems] };
}
