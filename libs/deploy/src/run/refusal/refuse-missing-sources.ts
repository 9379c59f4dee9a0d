import { UserError } from '@itsup/config';

import type { LoadedStack } from '../../desired/loaded-stack';
import { plannedBuilds } from '../../desired/service/builds';
import { missingBinds, missingContexts, sourcesOnHost } from '../../desired/service/missing-sources';
import type { ServicePlan, StackPlan } from '../../plan/model';
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
  const host = sourcesOnHost(spec, root, relocation);
  if (host === null) return;
  const absent = missingContexts(model, plannedBuilds(loaded, plan).flat(), host);
  if (absent.length > 0) throw new UserError(absent);
}

/** Of a service whose containers are all replaced; one more of it is refused by the engine while the others serve. */
const REPLACING: readonly ServicePlan['action'][] = ['create', 'recreate', 'rollout'];

/**
 * What is mounted into a container that is planned to be made has to be there where Compose would not make it.
 * @throws UserError
 */
export async function refuseMissingBinds(
  { context: { root, docker }, relocation }: Run,
  { spec, model }: LoadedStack,
  { services }: Pick<StackPlan, 'services'>,
): Promise<void> {
  const host = sourcesOnHost(spec, root, relocation);
  if (host === null) return;
  const replaced = services.filter(({ action }) => REPLACING.includes(action)).map(({ service }) => service);
  const absent = await missingBinds(model, replaced, host, async () => (await docker.versions()).compose);
  if (absent.length > 0) throw new UserError(absent);
}
