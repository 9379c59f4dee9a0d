import { composeFilesOf, UserError } from '@itsup/config';

import { contentPath } from '../../desired/files/relocation';
import type { LoadedStack } from '../../desired/loaded-stack';
import { plannedBuilds } from '../../desired/service/builds';
import { missingContexts } from '../../desired/service/missing-sources';
import type { StackPlan } from '../../plan/model';
import type { Run } from '../run';

/**
 * What is planned to be built has to be there: asked of the plan, which knows what is built at all.
 * @throws UserError
 */
export function refuseMissingContexts(
  { context: { root }, relocation }: Pick<Run, 'relocation'> & { context: Pick<Run['context'], 'root'> },
  loaded: LoadedStack,
  plan: Pick<StackPlan, 'services'>,
): void {
  const { spec, model } = loaded;
  if (spec.project === null) return;
  const absent = missingContexts(model, plannedBuilds(loaded, plan).flat(), {
    ...{ stack: spec.stack, root, files: composeFilesOf(root, spec.project) },
    contentOf: (file) => contentPath(file, relocation),
  });
  if (absent.length > 0) throw new UserError(absent);
}
