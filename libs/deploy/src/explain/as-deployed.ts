import type { Workspace } from '@itsup/config';
import type { Circumstances } from '@itsup/routing';

import type { DeployContext } from '../context';
import { createSecretsReader } from '../desired/environment/secrets';
import { hostCircumstances } from '../desired/environment/host-circumstances';
import { withHostSecrets } from '../run/secrets/host-secrets';

/**
 * The workspace as a deploy on this host would take it: with what comes as secrets of the host, and the values of
 * variables. What cannot be read is left out, as on a machine without the key.
 */
export async function asDeployed(
  context: DeployContext,
  workspace: Workspace,
): Promise<{ workspace: Workspace; circumstances: Circumstances }> {
  const secrets = createSecretsReader(context.root, context.docker);
  const whole = await withHostSecrets(workspace, context.env, secrets).catch(() => workspace);
  return { workspace: whole, circumstances: await hostCircumstances(context, whole, secrets) };
}
