import type { Problem, Workspace } from '@itsup/config';
import { routeWorkspace, type Circumstances, type WorkspaceRouting } from '@itsup/routing';

import type { DeployContext } from '../context';
import { hostCircumstances } from '../desired/environment/host-circumstances';
import type { SecretsReader } from '../desired/environment/secrets';
import type { DeployedClaims } from '../ownership/claims-file';
import { failuresOf } from '../ownership/dispute-failures';
import { publishedRouters, type PublishedRouters } from '../publish/kept-entry-points';
import { addProblems, addTo, brokenProjects } from './broken';

/** What the files of all projects come to on this host, and which stacks cannot be deployed for what they say. */
export interface JudgedWorkspace {
  routing: WorkspaceRouting;
  circumstances: Circumstances;
  routers: PublishedRouters;
  /** By stack; more may be added. */
  broken: Map<string, Problem[]>;
}

/**
 * Judges the whole workspace, as nobody's files alone say whose is what.
 * @param workspace with the secrets of the host
 * @param stacks that are to become what the sources say
 * @param deployed stacks with a record of their last deploy
 */
export async function judgeWorkspace(
  context: DeployContext,
  workspace: Workspace,
  stacks: readonly string[],
  {
    secrets,
    deployed,
    claims,
  }: { secrets: SecretsReader; deployed: Iterable<string>; claims: DeployedClaims },
): Promise<JudgedWorkspace> {
  const broken = brokenProjects(workspace);
  const circumstances = await hostCircumstances(context, workspace, secrets);
  const routing = routeWorkspace(workspace, new Map(), circumstances);
  addProblems(broken, routing, workspace);
  const routers = await publishedRouters(context.state);
  const standing = {
    deployed: new Set([...deployed, ...routers.stacks]),
    claims,
    converging: new Set(stacks.filter((stack) => !broken.has(stack))),
  };
  for (const { stack, problem } of failuresOf(routing, standing)) addTo(broken, stack, problem);
  return { routing, circumstances, routers, broken };
}
