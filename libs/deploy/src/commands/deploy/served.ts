import type { Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';

import { observeNow } from '../../engine/list-engine';
import type { StackOutcome } from '../../requests';
import { afterStack } from '../../run/run-certificates';
import type { Run } from '../../run/run';
import { NEW_MS, OLD_MS, unservedRows } from '../../serving/check-serving';
import { refusedRouters } from '../../serving/refused-routers';
import type { StackSpec } from '../../stack/stack-spec';
import { readDeployed, writeDeployed, type DeployedFile } from '../../state/deployed';
import { newRecordId, pruneRecords, readRecords, writeRecord } from '../../state/records';

/** What a record says of the command. */
export interface RecordedAs {
  command?: 'deploy' | 'rollback' | 'restart';
  commit: string | null;
}

/** How long Traefik may take to make up its mind about what was just deployed. */
const VERDICT_MS = 2_000;

/**
 * The outcome, unless Traefik refuses a router of the stack or has no certificate for it: then what runs is not what
 * serves. Of what is unchanged after a deploy that failed, or that did not serve, the rows are asked for too.
 * @param by what is recorded of it, and what a rollback went back to
 */
export async function served(
  run: Run,
  spec: StackSpec,
  outcome: StackOutcome,
  by: RecordedAs & { restored?: ComposeModel | null },
): Promise<StackOutcome> {
  const { system } = run.context;
  const isNew = outcome.status === 'deployed';
  const failedBefore = outcome.status === 'unchanged' ? await failedLast(run, spec) : null;
  if (failedBefore !== null) {
    const unserved = await unservedRows(run, spec, await observeNow(run.context.docker), OLD_MS, by.restored);
    if (unserved.some(({ severity }) => severity === 'error'))
      return { ...outcome, status: 'failed', problems: [...outcome.problems, ...unserved] };
    await markUnserved(run, spec, []);
    if (failedBefore !== 'unserved') await recordUnchanged(run, spec, by);
    if (unserved.length > 0) return { ...outcome, problems: [...outcome.problems, ...unserved] };
  }
  const until = system.now() + (isNew ? VERDICT_MS : 0);
  const observed = isNew ? await observeNow(run.context.docker) : run.observed;
  let refused = await refusedRouters(run, spec, observed);
  while (refused.length > 0 && system.now() < until) {
    await system.sleep(200);
    refused = await refusedRouters(run, spec, observed);
  }
  if (refused.length > 0)
    return { ...outcome, status: 'failed', problems: [...outcome.problems, ...refused] };
  return afterStack(run, observed, outcome);
}

/**
 * How the last deploy failed: what it deployed is not served, or it did not get to an end, so that the sources, which
 * are what runs, are not those that it had; null: it did not.
 */
async function failedLast(run: Run, { stack }: StackSpec): Promise<'unserved' | 'undone' | null> {
  const [last] = await readRecords(run.context.state, stack, 1);
  const deployed = run.deployed.get(stack);
  const isFailed = last?.outcome === 'failed' || last?.outcome === 'interrupted';
  if (isFailed && last.id !== deployed?.record) return 'undone';
  return deployed?.unserved === true ? 'unserved' : null;
}

/** Asks for the rows of a stack that was just deployed, and remembers whether all are served. */
export async function askRows(
  run: Run,
  spec: StackSpec,
  restored: ComposeModel | null = null,
): Promise<Problem[]> {
  if (run.context.ask === undefined) return [];
  const unserved = await unservedRows(run, spec, await observeNow(run.context.docker), NEW_MS, restored);
  await markUnserved(run, spec, unserved);
  return unserved;
}

/** The last word on a stack whose last deploy failed is that its sources are again what runs. */
async function recordUnchanged(
  { context }: Run,
  { stack }: StackSpec,
  { command = 'deploy', commit }: RecordedAs,
): Promise<void> {
  const { state, system } = context;
  const now = system.now();
  await writeRecord(state, {
    ...{ id: newRecordId(now), stack, command, outcome: 'unchanged' },
    ...{ startedAt: new Date(now).toISOString(), durationMs: 0 },
    ...{ by: `${system.user}@${system.hostname}`, commit },
    ...{ services: [], steps: [], problems: [], restorable: false },
  });
  await pruneRecords(state, stack);
}

/** Remembers that the stack's deploy ended without serving all, or that it serves all by now. */
async function markUnserved(run: Run, { stack }: StackSpec, unserved: readonly Problem[]): Promise<void> {
  const known = run.deployed.get(stack);
  // Nobody holds the lock here, so another deploy may have been meanwhile: what it says of the stack stands.
  const deployed = known === undefined ? null : await readDeployed(run.context.state, stack);
  if (deployed === null || deployed.record !== known?.record) return;
  if ((deployed.unserved === true) === unserved.length > 0) return;
  const { unserved: _before, ...rest } = deployed;
  const file: DeployedFile = unserved.length > 0 ? { ...rest, unserved: true } : rest;
  run.deployed.set(stack, file);
  await writeDeployed(run.context.state, file);
  if (unserved.length > 0) return;
  // What was deployed then is served by now, so that deploy did not fail for good.
  const records = await readRecords(run.context.state, stack);
  const own = records.find(({ id }) => id === deployed.record);
  if (own !== undefined) await writeRecord(run.context.state, { ...own, outcome: 'deployed', problems: [] });
}
