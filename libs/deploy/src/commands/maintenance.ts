import { UserError, type Workspace } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';

import type { DeployContext } from '../context';
import { hidePage, showPage } from '../maintenance/show-page';
import { PROXY_STACK } from '../requests';
import { refuseSwarm } from '../stack/refuse-swarm';
import { stackSpecs } from '../stack/stack-spec';
import { readDeployed } from '../state/deployed';
import { checkoutProblem, readIdentity } from '../state/identity';
import { unknownStack } from '../run/refusal/unknown-stack';

export interface MaintenanceRequest {
  workspace: Workspace;
  stack: string;
  on: boolean;
}

/** What came of it, in words. */
export interface MaintenanceOutcome {
  changed: boolean;
  message: string;
}

/**
 * Shows those who come to a stack by HTTP the page that it is away (`templates/pages/unavailable.html`), or lets them
 * in again. Nothing of the stack is touched: it may be deployed, restarted or taken down meanwhile.
 * @throws UserError for a stack that nobody knows or deployed, for the proxy, from another checkout, and where no
 * Traefik runs
 */
export async function setMaintenance(
  context: DeployContext,
  { workspace, stack, on }: MaintenanceRequest,
): Promise<MaintenanceOutcome> {
  refuseSwarm(workspace.settings);
  const { root, state } = context;
  const known = await readIdentity(state);
  const foreign = known === null ? null : checkoutProblem(known, root);
  if (foreign !== null) throw foreign;
  if (stack === PROXY_STACK) {
    throw new UserError({
      ...{ code: 'page-not-shown', severity: 'error', project: stack },
      message: 'the proxy shows the pages of the others and has none of its own',
      help: 'name a project',
    });
  }
  const spec = stackSpecs(root, workspace, routeWorkspace(workspace)).get(stack);
  const projectName = spec?.projectName ?? (await readDeployed(state, stack))?.projectName;
  if (!on) {
    const changed = await hidePage(context, stack);
    return { changed, message: changed ? `${stack} is served again` : `${stack} showed no maintenance page` };
  }
  if (projectName === undefined) throw new UserError(unknownStack(stack));
  const routes = await showPage(context, { stack, projectName });
  const what = `${routes} route${routes === 1 ? '' : 's'}`;
  return {
    changed: true,
    message: `visitors of ${stack} see the maintenance page (${what}) until: itsup maintenance ${stack} off`,
  };
}
