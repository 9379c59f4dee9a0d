import { UserError, type Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';

import type { StackSpec } from '../stack/stack-spec';
import { refusedMounts } from './files/guarded-mounts';
import { modelPathProblems, type ModelPathOptions } from './files/model-paths';
import type { RestoredFiles } from './project-compose';
import { hookProblems } from './service/hooks';
import { joinedContainers } from './service/joined-containers';

/** What tells whose is what on this host. */
export interface ForbiddenOptions extends ModelPathOptions {
  stateDir: string;
  /** Compose files instead of the artifact (a rollback): what they mount of their own is a copy in the state folder. */
  restored?: RestoredFiles;
}

/**
 * The last word on what containers of a project may have of the host and of others, by what Compose made of its files.
 * @returns notes about what is allowed, and to be known
 * @throws UserError for what is not
 */
export function refuseForbidden(
  spec: StackSpec,
  model: ComposeModel,
  { root, relocation, isolation, stateDir: stateFolder, restored }: ForbiddenOptions,
): Problem[] {
  const joined: Problem[] = [];
  if (spec.project !== null && restored === undefined) {
    const services = spec.project.compose?.services ?? [];
    const refused = refusedMounts(spec.stack, model, services, { stateFolder, isolation });
    joined.push(...joinedContainers(spec.stack, spec.projectName, model, services, isolation));
    refused.push(...joined.filter(({ severity }) => severity === 'error'));
    if (refused.length > 0) throw new UserError(refused);
  }
  const hooks = hookProblems(spec.stack, model);
  if (hooks.length > 0) throw new UserError(hooks);
  const foreign = modelPathProblems(spec, model, { root, relocation, isolation });
  if (foreign.some(({ severity }) => severity === 'error')) throw new UserError(foreign);
  return joined;
}
