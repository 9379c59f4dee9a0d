import { hookLabels, type ComposeHook } from '@itsup/docker';

import type { LoadedStack } from '../../desired/loaded-stack';
import { asMeant, environmentOf } from '../as-meant';
import type { Convergence } from '../convergence';
import { NotHealthyError } from '../../run/failure/not-healthy-error';

type HookContext = Pick<Convergence, 'context' | 'loaded'>;

const SHOWN_LINES = 20;

/**
 * Runs the `pre_start` hooks of a service, one after the other, each in a container of its own: the image that the new
 * containers have, the service's environment and networks, and the volumes of a container that was made and not
 * started. Compose does the same when none of the service's containers runs; in a rollout it never comes to it.
 *
 * No hook gets the service's names on its networks, which would lead its siblings to it.
 * @param container of the new ones
 * @throws NotHealthyError with what it printed, for the first that ends with anything but 0
 */
export async function runPreStart(
  { context, loaded }: HookContext,
  service: string,
  container: string,
): Promise<void> {
  const { docker, reporter } = context;
  const { spec, desired, model } = loaded;
  const definition = model.services[service] ?? {};
  const image = desired.services.find(({ name }) => name === service)?.image ?? '';
  const [network, ...moreNetworks] = networksOf(loaded, service);
  for (const [index, hook] of (definition.pre_start ?? []).entries()) {
    reporter.status?.(spec.stack, `${service}: runs ${nameOf('pre_start', index, definition.pre_start)}`);
    const isOwnImage = hook.image !== undefined && hook.image !== definition.image;
    const { exitCode, stdout, stderr } = await docker.run({
      image: isOwnImage ? (hook.image ?? image) : image,
      pull: isOwnImage ? 'missing' : 'never',
      command: wordsOf(hook),
      labels: hookLabels({ project: spec.projectName, service }, 'pre_start'),
      ...(network !== undefined && { network }),
      moreNetworks,
      volumesFrom: [container],
      env: { ...environmentOf(definition), ...environmentOf(hook) },
      ...processOf(hook),
    });
    if (exitCode !== 0)
      throw failed(
        loaded,
        service,
        nameOf('pre_start', index, definition.pre_start),
        exitCode,
        stdout + stderr,
      );
  }
}

/**
 * Runs `post_start` or `pre_stop` in running containers, as Compose does around its own starts and stops.
 * @throws NotHealthyError for the first that ends with anything but 0
 */
export async function runInContainers(
  { context, loaded }: HookContext,
  kind: 'post_start' | 'pre_stop',
  service: string,
  containers: readonly string[],
): Promise<void> {
  const hooks = loaded.model.services[service]?.[kind] ?? [];
  for (const id of containers) {
    for (const [index, hook] of hooks.entries()) {
      context.reporter.status?.(loaded.spec.stack, `${service}: runs ${nameOf(kind, index, hooks)}`);
      const { exitCode, stdout, stderr } = await context.docker.exec(id, wordsOf(hook), {
        ...processOf(hook),
        env: environmentOf(hook),
      });
      if (exitCode !== 0)
        throw failed(loaded, service, nameOf(kind, index, hooks), exitCode, stdout + stderr);
    }
  }
}

/**
 * Runs `pre_stop` in containers that are about to be stopped. What is decided is done: a hook that fails, or a
 * container that does not run any more, is told and no more.
 */
export async function runPreStop(
  convergence: HookContext,
  service: string,
  containers: readonly string[],
): Promise<void> {
  const { context, loaded } = convergence;
  if ((loaded.model.services[service]?.pre_stop ?? []).length === 0) return;
  const running = (await context.docker.inspectContainers([...containers])).filter((one) => one.running);
  for (const { id } of running) {
    try {
      await runInContainers(convergence, 'pre_stop', service, [id]);
    } catch (error) {
      if (context.signal?.aborted) throw error;
      const reason = error instanceof NotHealthyError ? error.problem.message : String(error);
      context.reporter.line(loaded.spec.stack, `note: ${reason}; it is stopped all the same`);
    }
  }
}

/** Names on the engine, or the mode in place of networks. */
function networksOf({ desired, model }: LoadedStack, service: string): string[] {
  const mode = model.services[service]?.network_mode;
  if (mode !== undefined) return [mode];
  return desired.services.find(({ name }) => name === service)?.networks.map(({ network }) => network) ?? [];
}

function processOf(hook: ComposeHook): { user?: string; workingDir?: string; privileged?: boolean } {
  return {
    ...(hook.user !== undefined && { user: hook.user }),
    ...(hook.working_dir !== undefined && { workingDir: hook.working_dir }),
    ...(hook.privileged !== undefined && { privileged: hook.privileged }),
  };
}

function wordsOf({ command = [] }: ComposeHook): string[] {
  return command.map(asMeant);
}

function nameOf(kind: string, index: number, hooks: readonly ComposeHook[] = []): string {
  return hooks.length > 1 ? `${kind}[${index}]` : kind;
}

function failed(
  { spec }: LoadedStack,
  service: string,
  hook: string,
  exitCode: number,
  text: string,
): NotHealthyError {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return new NotHealthyError(
    {
      code: 'hook-failed',
      severity: 'error',
      project: spec.stack,
      message: `${spec.stack}: ${hook} of ${service} exited with ${exitCode}`,
      help: `its last lines are above; correct it and run: itsup deploy ${spec.stack}`,
    },
    lines.slice(-SHOWN_LINES),
  );
}
