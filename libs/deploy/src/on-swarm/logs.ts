import { suggest, UserError, type Workspace } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';

import type { DeployContext } from '../context';
import { stackSpecs } from '../stack/stack-spec';
import { observeSwarm, servicesOf } from './swarm-facts';

/**
 * Shows what the tasks of a stack print, on whatever machine they run, on this process's terminal.
 * @param services by their names in the Compose file; none: all of the stack
 * @returns the exit code
 * @throws UserError for a stack that is not on the swarm, and for a service that it does not have
 */
export async function logsOnSwarm(
  context: DeployContext,
  workspace: Workspace,
  stack: string,
  { services, tail, follow }: { services: readonly string[]; tail: number; follow: boolean },
): Promise<number> {
  const spec = stackSpecs(context.root, workspace, routeWorkspace(workspace)).get(stack);
  const observed = servicesOf(await observeSwarm(context.docker), spec?.projectName ?? stack);
  const known = [...observed.keys()].sort();
  const refuse = (message: string, help: string): UserError =>
    new UserError({ code: 'no-service', severity: 'error', project: stack, message, help });
  if (known.length === 0) {
    throw refuse(`nothing of ${stack} is on the swarm`, `deploy it: itsup deploy ${stack}`);
  }
  const chosen = (services.length === 0 ? known : services).map((name) => {
    const one = observed.get(name);
    if (one !== undefined) return one.service.name;
    const meant = suggest(name, known);
    throw refuse(
      `${stack} has no service ${name}`,
      meant === undefined ? `it has ${known.join(', ')}` : `did you mean ${meant}?`,
    );
  });
  return context.docker.swarm.showLogs(chosen, { tail, follow });
}
