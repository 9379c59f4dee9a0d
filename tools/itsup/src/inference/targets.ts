import type { TargetConfiguration } from '@nx/devkit';
import { TARGETS, type Settings, type Target } from '../workspace/plugin-options';

/** What a target needs to know of the stack that it belongs to. */
export interface StackTargets {
  /**
   * Folder in `projects/`, or `proxy`: what the executors and the operator call the stack. Distinct, as `nxName` is.
   */
  stack: string;
  /** Its name in Nx; another one only when Nx has the folder's name already. */
  nxName: string;
  /** Digest of the compiled code, or the version of the package. */
  digest: string;
  /** The product is a package of the workspace, not its source. */
  installed: boolean;
  settings: Settings;
  /** Why every target fails, with the cure; null for a stack that may run. */
  refusal: string | null;
  /** What its checks and deploys tell besides. */
  notes: string[];
  /** `generate` writes more than its outputs, so that it cannot be cached. */
  writesMore: boolean;
  /** Inputs of `generate`. */
  generate: NonNullable<TargetConfiguration['inputs']>;
  /** Inputs of `validate` on top of those of `generate`. */
  validate: NonNullable<TargetConfiguration['inputs']>;
  /** Files that `generate` writes, relative to the folder of `projects/`. Files, never folders: see targetsOf. */
  outputs: string[];
}

/** Options that every executor of this package takes. */
export interface StackOptions {
  stack: string;
  digest: string;
  refusal?: string;
  notes?: string[];
  /** Where `projects/` is in the workspace; absent: in its root. */
  directory?: string;
}

/** The verdict of `validate` is Compose's, and Compose's versions differ. Without Docker the output is empty. */
const COMPOSE_VERSION = { runtime: 'docker compose version --short 2>/dev/null || echo none' };

/** Name of the host's secrets in `secrets/`. */
const HOST_SECRETS = 'itsup';

/** Without it, every update of any package would be another entry of the cache. */
const RENDERERS = { externalDependencies: ['eta', 'yaml', 'zod'] };

/** The same where the product is a package: with all that it brings along. */
const PACKAGE = { externalDependencies: ['itsup'] };

/** A new version of the product may render or deploy differently, so `nx affected` selects every stack for it. */
const PRODUCT = ['{workspaceRoot}/libs/*/src/**/*.ts', '{workspaceRoot}/tools/itsup/src/**/*.ts'];

/** Every target of one stack, each explaining itself in `nx show project` and `nx graph`. */
export function targetsOf(stack: StackTargets): Record<string, TargetConfiguration> {
  const what = stack.stack === 'proxy' ? 'the proxy' : stack.stack;
  const { targets: names, prefix } = stack.settings;
  const base = `{workspaceRoot}/${prefix}`;
  const renderers = stack.installed ? PACKAGE : RENDERERS;
  const target = (name: Target, description: string, rest: Partial<TargetConfiguration> = {}) => ({
    ...executorOf(name, stack),
    ...rest,
    metadata: {
      description,
      technologies: ['docker', 'compose'],
      help: { command: `npx nx run ${stack.nxName}:${names[name]} --help`, example: EXAMPLES[name] ?? {} },
    },
  });
  const deployed = [...stack.generate, ...readByDeploy(stack), ...(stack.installed ? [PACKAGE] : PRODUCT)];
  // Never Nx's default, the files of the project's folder: the proxy's has none before the first run, which Nx refuses.
  const acts = { cache: false, inputs: stack.generate };
  const targets: Record<Target, TargetConfiguration> = {
    generate: target('generate', `Write what is generated for ${what}`, {
      cache: !stack.writesMore,
      inputs: [...stack.generate, renderers],
      // Single files: a restore from the cache deletes everything else in an output folder.
      outputs: stack.outputs.map((file) => base + file),
    }),
    validate: target(
      'validate',
      `Check the configuration of ${what} and its generated files; needs no engine`,
      {
        cache: true,
        inputs: [
          ...stack.generate,
          ...stack.validate,
          `${base}secrets/${secretsOf(stack)}.enc.{env,txt}`,
          renderers,
          COMPOSE_VERSION,
        ],
        outputs: [],
        dependsOn: [names.generate],
      },
    ),
    plan: target('plan', `Show what deploy would do to ${what}, and why; changes nothing`, {
      cache: false,
      inputs: deployed,
      dependsOn: [names.generate],
    }),
    // Never cached: A, B, then A again must deploy A again.
    deploy: target('deploy', `Bring ${what} to what the repository says, rolled where it can be`, {
      cache: false,
      inputs: deployed,
      // What validate says of conflicts between projects the deploy judges by what is deployed: the proxy goes on.
      dependsOn: [stack.stack === 'proxy' ? names.generate : names.validate, `^${names.deploy}`],
    }),
    status: target('status', `Show what runs of ${what}, and its last deploy`, acts),
    logs: target('logs', `Show the logs of ${what}`, acts),
    restart: target('restart', `Replace the containers of ${what}, rolled where they can be`, acts),
    down: target('down', `Stop and remove the containers and networks of ${what}; volumes stay`, acts),
    compose: target('compose', `Run any Compose command on ${what}`, acts),
  };
  return Object.fromEntries(TARGETS.map((name) => [names[name], targets[name]]));
}

/** Whose secrets a stack has: the proxy's are the host's. */
function secretsOf({ stack }: StackTargets): string {
  return stack === 'proxy' ? HOST_SECRETS : stack;
}

/**
 * What a deploy reads besides, so that `nx affected` selects the stack for it: its secrets, the host's, which tell
 * every stack whether certificates are to be had, and what images are held to.
 */
function readByDeploy(stack: StackTargets): string[] {
  const base = `{workspaceRoot}/${stack.settings.prefix}`;
  const contexts = [...new Set([secretsOf(stack), HOST_SECRETS])];
  return [
    ...contexts.map((context) => `${base}secrets/${context}.{enc.env,enc.txt,env,txt}`),
    `${base}projects/images.lock.yml`,
  ];
}

/** What one process may do one after the other is one executor: see executors/stack.ts. */
const STEPS = ['generate', 'validate', 'plan', 'deploy'];

function executorOf(
  target: string,
  stack: StackTargets,
): Required<Pick<TargetConfiguration, 'executor' | 'options'>> {
  const options = optionsOf(stack);
  return STEPS.includes(target)
    ? { executor: 'itsup:stack', options: { step: target, ...options } }
    : { executor: `itsup:${target}`, options };
}

function optionsOf(stack: StackTargets): StackOptions {
  return {
    stack: stack.stack,
    digest: stack.digest,
    ...(stack.refusal === null ? {} : { refusal: stack.refusal }),
    ...(stack.notes.length === 0 ? {} : { notes: stack.notes }),
    ...(stack.settings.prefix === '' ? {} : { directory: stack.settings.prefix.slice(0, -1) }),
  };
}

const EXAMPLES: Record<string, { options?: Record<string, unknown>; args?: string[] }> = {
  generate: { args: ['--skip-nx-cache'] },
  validate: { args: ['--skip-nx-cache'] },
  plan: { options: { pull: true } },
  deploy: { options: { pull: true } },
  status: {},
  logs: { options: { follow: true, tail: 100 } },
  restart: { options: { service: ['web'] } },
  down: {},
  compose: { args: ['ps', '--all'] },
};
