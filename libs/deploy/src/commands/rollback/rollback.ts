import { problemsOf } from '@itsup/config';

import type { Restore } from '../../execute/image/keep-for-rollback';
import type { DeployContext } from '../../context';
import { loadDesired } from '../../desired/load-desired';
import type { LoadedStack } from '../../desired/loaded-stack';
import { withAlert } from '../../alert/send-alert';
import { shortId } from '../../plan/service/reasons';
import { readJsonOrNull } from '../../state/atomic-file';
import { readRecords, restoredFolder, restorePath } from '../../state/records';
import { deployOne } from '../deploy/deploy-one';
import { askRows } from '../deploy/served';
import { PROXY_STACK, type DeployRecord, type RollbackRequest, type StackOutcome } from '../../requests';
import { loadOptions } from '../../run/load-options';
import { OnSwarm } from '../../on-swarm/any-stack';
import { failedStack } from '../../run/each-stack';
import { unknownStack } from '../../run/refusal/unknown-stack';
import { prepareRun } from '../../run/prepare-run';
import type { Run } from '../../run/run';
import { beforeRun } from '../../run/run-certificates';
import { refusal } from '../../run/refusal/refusals';
import type { StackSpec } from '../../stack/stack-spec';
import { writeRestoredFiles } from './restored-files';

/**
 * Takes a stack back to an earlier record: its Compose files and its images, through the same plan and rollout, with
 * today's environment and secrets (no record holds a secret) and today's mounted files. The sources stay as they are,
 * so the next deploy goes forward to them again. `alert.command` is told of a failure.
 */
export async function rollback(context: DeployContext, request: RollbackRequest): Promise<StackOutcome> {
  const run = (): Promise<StackOutcome> => takeBack(context, request);
  return withAlert(context, request, 'rollback', run, (outcome) => [outcome]);
}

async function takeBack(context: DeployContext, request: RollbackRequest): Promise<StackOutcome> {
  const { stack, workspace } = request;
  const swarm = workspace.settings.engine === 'swarm' ? await OnSwarm.of(context) : null;
  const run = await prepareRun(context, { workspace, stacks: [stack] }, true);
  const spec = run.specs.get(stack);
  if (spec === undefined) {
    return failedStack(stack, [unknownStack(stack)]);
  }
  try {
    await beforeRun(run, stack === PROXY_STACK);
    const record = await chooseRecord(context, stack, request.to, run.deployed.get(stack)?.record ?? null);
    const restore = await readJsonOrNull<Restore>(restorePath(context.state, stack, record.id), 1);
    if (restore === null) throw notRestorable(stack, record.id);
    const images = await movedImages(context, stack, record.id, restore);
    request.onChosen?.(record);
    const load = async (current: Run, own: StackSpec): Promise<LoadedStack> => {
      const folder = restoredFolder(context.state, stack);
      const restored = await writeRestoredFiles(folder, restore, images);
      const options = loadOptions(current, own, current.observed.get(own.projectName) ?? []);
      const loaded = await loadDesired(own, { ...options, restored, images, pull: false });
      // What runs afterwards is not what the sources say, so no later deploy may take it for unchanged.
      return {
        ...loaded,
        inputs: { ...loaded.inputs, declared: 'rollback' },
        notes: [...loaded.notes, ...imageVolumeNotes(loaded)],
      };
    };
    const { lockWaitMs } = request;
    const { commit } = record;
    // The proxy is a container beside the swarm.
    if (swarm !== null && spec.project !== null) {
      return await swarm.rollback(run, spec, { lockWaitMs, commit, restore: load, askRows });
    }
    const outcome = await deployOne(run, spec, { lockWaitMs, commit, command: 'rollback', load });
    if (swarm === null || outcome.status === 'failed') return outcome;
    const problems = await swarm.afterProxy(run);
    return problems.length === 0 ? outcome : { ...outcome, status: 'failed', problems };
  } catch (error) {
    return failedStack(stack, problemsOf(error));
  }
}

/** Images of services are kept for this, those behind volumes are not. */
function imageVolumeNotes({ imageVolumes }: LoadedStack): string[] {
  const images = new Set([...imageVolumes.values()].flat().map(({ image }) => image));
  if (images.size === 0) return [];
  return [
    `the volumes of ${[...images].join(', ')} have what these images hold now, not what they held then`,
  ];
}

/** The asked-for record, or the newest restorable one before what runs now. */
async function chooseRecord(
  { state }: DeployContext,
  stack: string,
  to: string | undefined,
  present: string | null,
): Promise<DeployRecord> {
  const records = (await readRecords(state, stack)).filter((record) => record.restorable);
  const chosen =
    to === undefined
      ? records.find((record) => present === null || record.id < present)
      : (records.find((record) => record.id === to) ?? records.find((record) => isNamed(record, to)));
  if (chosen !== undefined) return chosen;
  if (to !== undefined) throw notRestorable(stack, to, records);
  throw refusal({
    code: 'nothing-to-restore',
    project: stack,
    message: `${stack} has no earlier deploy to go back to`,
    help: `go back in git instead, and run: itsup deploy ${stack}`,
  });
}

/** By the beginning of its id, or of its commit; so short that it could be any is none. */
function isNamed({ id, commit }: DeployRecord, to: string): boolean {
  return (to.length >= 8 && id.startsWith(to)) || (to.length >= 7 && (commit ?? '').startsWith(to));
}

/**
 * The recorded images, by service, that have to be named by their id because their reference names another one by now.
 * @throws UserError when one is not on the engine any more
 */
async function movedImages(
  { docker }: DeployContext,
  stack: string,
  id: string,
  { images }: Restore,
): Promise<Record<string, string>> {
  const entries = Object.entries(images);
  const names = entries.flatMap(([, image]) => [image.reference, ...(image.id === null ? [] : [image.id])]);
  const present = await docker.inspectImages([...new Set(names)]);
  const missing = entries.filter(([, image]) => image.id !== null && !present.has(image.id));
  if (missing.length > 0) {
    const named = missing.map(([service, image]) => `${service} (${shortId(image.id ?? '')})`);
    throw refusal({
      code: 'image-gone',
      project: stack,
      message: `images that ${id} ran are not on the engine any more: ${named.join(', ')}`,
      help: `choose another record, or go back in git and run: itsup deploy ${stack}`,
    });
  }
  return Object.fromEntries(
    entries.flatMap(([service, image]) =>
      image.id === null || present.get(image.reference)?.id === image.id ? [] : [[service, image.id]],
    ),
  );
}

function notRestorable(stack: string, id: string, records: DeployRecord[] = []): Error {
  const known = records.map((record) => record.id).join(', ');
  return refusal({
    code: 'not-restorable',
    project: stack,
    message: `${stack} has no record ${id} to go back to`,
    help: known === '' ? 'none is kept' : `there are: ${known}`,
  });
}
