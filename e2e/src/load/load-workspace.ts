import { stringify } from 'yaml';

import { createWorkspace, type TestWorkspace, type WorkspaceOptions } from '../harness/workspace/workspace';

/**
 * A workspace whose proxy lets all of a load through: it comes from one address, which the default limit would bound.
 */
export async function createLoadWorkspace(options: WorkspaceOptions = {}): Promise<TestWorkspace> {
  const workspace = await createWorkspace(options);
  const rateLimit = { average: 100_000, burst: 100_000 };
  const middlewares = { 'rate-limit': { rateLimit } };
  await workspace.write('projects/middlewares.yml', stringify({ http: { middlewares } }));
  return workspace;
}
