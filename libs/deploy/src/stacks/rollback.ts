import path from 'node:path';

import type { ComposeModel } from '@itsup/docker';
import { stringify } from 'yaml';

import type { DeployContext } from '../context';
import { loadDesired } from '../desired/load-desired';
import { readJsonOrNull, writeFileAtomic } from '../state/atomic-file';
import { readRecords, restorePath } from '../state/records';
import { deployOne } from './deploy-one';
import type { DeployRecord, RollbackRequest, StackOutcome } from './model';
import { loadOptions } from './plan-one';
import { unknownStack } from './plan-stacks';
import { prepareRun } from './prepare-run';
import { refusal } from './refusals';
import { problemsOf } from '@itsup/config';
import { shortId } from '../plan/reasons';

/** What a record keeps to be restored: the merged model as written, variables unexpanded, and the images it ran. */
interface Restore {
  version: 1;
  model: ComposeModel;
  images: Record<string, string | null>;
}

const LOCK_WAIT_MS = 10 * 60_000;

/**
 * Takes a stack back to an earlier record: its Compose model and its images, through the same plan and rollout, with
 * today's environment and secrets (no record holds a secret) and today's mounted files. The sources stay as they are,
 * so the next deploy goes forward to them again.
 */
export async function rollback(context: DeployContext, request: RollbackRequest): Promise<StackOutcome> {
  const { stack } = request;
  const run = await prepareRun(context, { workspace: request.workspace, stacks: [stack] }, true);
  const spec = run.specs.get(stack);
  if (spec === undefined) {
    return { stack, status: 'failed', plan: null, problems: [unknownStack(stack)], durationMs: 0 };
  }
  try {
    const record = await chooseRecord(context, stack, request.to, run.deployed.get(stack)?.record ?? null);
    const restore = await readJsonOrNull<Restore>(restorePath(context.state, stack, record.id), 1);
    if (restore === null) throw notRestorable(stack, record.id);
    const images = await presentImages(context, stack, record.id, restore);
    const composeFile = path.join(context.state.stackDir(stack), 'restore', 'docker-compose.yml');
    return await deployOne(run, spec, {
      lockWaitMs: request.lockWaitMs ?? LOCK_WAIT_MS,
      commit: request.commit ?? record.commit,
      command: 'rollback',
      load: async (current, own) => {
        await writeFileAtomic(composeFile, stringify(withImages(restore.model, images)));
        const options = loadOptions(current, own, current.observed.get(own.projectName) ?? []);
        const loaded = await loadDesired(own, { ...options, composeFiles: [composeFile], pull: false });
        // The record's inputs are not the sources': nothing is to be taken for unchanged by them.
        return { ...loaded, inputs: { ...loaded.inputs, variables: null } };
      },
    });
  } catch (error) {
    return { stack, status: 'failed', plan: null, problems: problemsOf(error), durationMs: 0 };
  }
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
      : records.find((record) => record.id === to);
  if (chosen !== undefined) return chosen;
  if (to !== undefined) throw notRestorable(stack, to, records);
  throw refusal({
    code: 'nothing-to-restore',
    project: stack,
    message: `${stack} has no earlier deploy to go back to`,
    help: 'go back in git instead, and deploy that',
  });
}

/**
 * The recorded images that have to be named by their id, because the model's own reference names another one by now.
 * @throws UserError when one is not on the engine any more
 */
async function presentImages(
  { docker }: DeployContext,
  stack: string,
  id: string,
  { model, images }: Restore,
): Promise<Record<string, string>> {
  const wanted = Object.entries(images).filter((entry): entry is [string, string] => entry[1] !== null);
  const references = Object.values(model.services).flatMap(({ image }) =>
    image === undefined ? [] : [image],
  );
  const present = await docker.inspectImages([
    ...new Set([...wanted.map(([, image]) => image), ...references]),
  ]);
  const missing = wanted.filter(([, image]) => !present.has(image));
  if (missing.length > 0) {
    throw refusal({
      code: 'image-gone',
      project: stack,
      message: `the image of ${missing.map(([service, image]) => `${service} (${shortId(image)})`).join(', ')} in ${id} is not on the engine any more`,
      help: `choose another record, or go back in git and run: nx deploy ${stack}`,
    });
  }
  const named = (service: string): string | undefined =>
    present.get(model.services[service]?.image ?? '')?.id;
  return Object.fromEntries(wanted.filter(([service, image]) => named(service) !== image));
}

/** The model runs the recorded images where its own references moved on, and builds nothing anew. */
function withImages(model: ComposeModel, images: Record<string, string>): ComposeModel {
  const services = Object.entries(model.services).map(([name, service]) => {
    const image = images[name];
    if (image === undefined) return [name, service] as const;
    return [name, { ...service, build: undefined, image, pull_policy: 'never' }] as const;
  });
  return { ...model, services: Object.fromEntries(services) };
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
