import path from 'node:path';

import { canonicalJson, sha256 } from '../../desired/digest';
import { beforeStack } from '../../run/run-certificates';
import { hideSecrets } from '../../run/secrets/hide-secrets';
import type { Run } from '../../run/run';
import { withStack, type StackTask } from '../../run/with-stack';
import type { StackOutcome } from '../../requests';
import { keepPage } from '../../maintenance/show-page';
import { NEW_MS, OLD_MS, unservedRows } from '../../serving/check-serving';
import type { StackSpec } from '../../stack/stack-spec';
import { readJsonOrNull, writeFileAtomic } from '../../state/atomic-file';
import type { State } from '../../state/state';
import type { DeployOneOptions } from './deploy-one';
import { served } from './served';
import { observeNow } from '../../engine/list-engine';
import { planExternal } from '../plan/plan-stacks';

/** Which routes of a host outside Docker were asked for last, and whether all were served. */
interface AskedFile {
  version: 1;
  routes: string;
  served: boolean;
}

/**
 * Publishes the routes of a host outside Docker and asks for them, also for those that came with a deploy of the proxy
 * alone. Nothing runs here that would tell the next deploy of it, so a file does: until they were served once, each
 * deploy asks again. What the host does later is its own business.
 */
export async function deployExternal(
  shared: Run,
  spec: StackSpec,
  { commit, lockWaitMs, hook }: Pick<DeployOneOptions, 'commit' | 'lockWaitMs' | 'hook'>,
): Promise<StackOutcome> {
  const run = hideSecrets(shared);
  const { stack } = spec;
  const { state } = run.context;
  const plan = planExternal(run, spec);
  const routes = digestOfRoutes(run, stack);
  const asked = await readJsonOrNull<AskedFile>(askedPath(state, stack), 1);
  const isKnown = plan.unchanged && asked?.routes === routes;
  if (isKnown && asked.served)
    return served(run, spec, { stack, status: 'unchanged', plan, problems: [], durationMs: 0 }, { commit });
  const task: StackTask = { stack, command: 'deploy', lockWaitMs, commit, ...(hook && { hook }) };
  const ended = await withStack(run, task, async (held) => {
    held.plan = plan;
    if (!plan.unchanged) {
      await beforeStack(run, stack, []);
      await held.journal.step('settle-routes', () => run.publisher.settle(stack));
    }
    await keepPage(run.context, spec);
    held.unserved = await held.journal.step('ask-rows', async () =>
      unservedRows(run, spec, await observeNow(run.context.docker), isKnown ? OLD_MS : NEW_MS),
    );
    const isServed = !held.unserved.some(({ severity }) => severity === 'error');
    const file: AskedFile = { version: 1, routes, served: isServed };
    await writeFileAtomic(askedPath(state, stack), `${JSON.stringify(file)}\n`);
    return 'deployed';
  });
  return ended.status === 'failed' ? ended : served(run, spec, ended, { commit });
}

/** Of what is served, not of the line that says it. */
function digestOfRoutes({ routing }: Run, stack: string): string {
  const routes = routing.projects.find(({ project }) => project === stack)?.routes ?? [];
  return sha256(canonicalJson(routes.map((route) => ({ ...route, place: null }))));
}

function askedPath(state: State, stack: string): string {
  return path.join(state.stackDir(stack), 'asked.json');
}
