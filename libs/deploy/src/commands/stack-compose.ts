import { access } from 'node:fs/promises';

import { readProject, readSettings, readWorkspace, UserError, type Workspace } from '@itsup/config';
import type { Compose } from '@itsup/docker';
import { routeWorkspace } from '@itsup/routing';

import type { DeployContext } from '../context';
import { createSecretsReader, type SecretsReader } from '../desired/environment/secrets';
import { composeOf, projectCompose, type ProjectCompose } from '../desired/project-compose';
import { readModel } from '../desired/read-model';
import { refuseForbidden } from '../desired/refuse-forbidden';
import { readClaims } from '../ownership/claims-file';
import { PROXY_STACK } from '../requests';
import { withHostSecrets } from '../run/secrets/host-secrets';
import { judgeWorkspace } from '../run/judge-workspace';
import { refuseSwarm } from '../stack/refuse-swarm';
import { stackSpecs, type StackSpec } from '../stack/stack-spec';
import { deployedFiles } from '../state/deployed';

/** Commands of Compose that make containers by the files. */
const MAKERS = new Set(['up', 'run', 'create', 'scale', 'watch']);

/**
 * Compose on one stack, with the file, the name and the environment that deploy uses: for the passthrough and the logs.
 * A command that makes containers is refused where a deploy would be.
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
  const secrets = createSecretsReader(root, docker);
  const makes = spec.project !== null && commandsIn(words).some((word) => MAKERS.has(word));
  if (makes) await refuseUndeployable(context, stack, secrets);
  const { isolation } = workspace.settings;
  const { stack: environment } = await projectCompose(spec, {
    ...{ root, stateDir: state.dir, env, secrets, words, isolation },
  });
  if (makes) {
    const model = await wholeModel(context, spec, environment);
    refuseForbidden(spec, model, { root, stateDir: state.dir, relocation: null, isolation });
  }
  return composeOf(docker, spec, environment);
}

/** Options of Compose itself that have a value. */
const VALUED = new Set([
  ...[
    '--ansi',
    '--env-file',
    '-f',
    '--file',
    '--insecure-registry',
    '--parallel',
    '--profile',
    '--progress',
    '-p',
    '--project-directory',
  ],
  ...['--project-name', '--workdir'],
]);

/** Those that have none. */
const SWITCHES = new Set(
  '-- -v --all-resources --compatibility --dry-run --no-ansi --verbose --version'.split(' '),
);

/**
 * The command among the words, which options of Compose itself may go before. What follows an option that is not known
 * here may be its value: it is one of several that may be the command then.
 */
function commandsIn(words: readonly string[]): string[] {
  const found: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (VALUED.has(word)) at += 1;
    else if (!word.startsWith('-')) {
      found.push(word);
      const before = words[at - 1] ?? '';
      if (!before.startsWith('-') || before.includes('=') || SWITCHES.has(before)) break;
    }
  }
  return found;
}

/** By what the files of all projects say: also whose host, port or name it is. */
async function refuseUndeployable(
  context: DeployContext,
  stack: string,
  secrets: SecretsReader,
): Promise<void> {
  const { root, env, state } = context;
  const workspace = await withHostSecrets(await readWorkspace(root), env, secrets);
  const [deployed, claims] = await Promise.all([deployedFiles(state), readClaims(state)]);
  const judged = await judgeWorkspace(context, workspace, [stack], {
    ...{ secrets, deployed: deployed.keys(), claims },
  });
  const problems = judged.broken.get(stack);
  if (problems !== undefined) throw new UserError(problems);
}

/** With the services of all profiles, for a command can turn on any of them. */
async function wholeModel(
  { docker }: DeployContext,
  spec: StackSpec,
  environment: ProjectCompose['stack'],
): ReturnType<typeof readModel> {
  const ofAll = { ...environment, env: { ...environment.env, COMPOSE_PROFILES: '*' } };
  // A service that is never started may lack a file of its own.
  return readModel(composeOf(docker, spec, ofAll), null).catch(() =>
    readModel(composeOf(docker, spec, environment), null),
  );
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
