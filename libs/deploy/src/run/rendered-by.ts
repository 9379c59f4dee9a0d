import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { compareText, INGRESS_FILES } from '@itsup/config';

import type { Digester } from '../desired/digest';
import type { LoadedStack } from '../desired/loaded-stack';
import type { ServicePlan, StackPlan } from '../plan/model';
import { changedAspects } from '../plan/service/reasons';
import type { DeployedFile } from '../state/deployed';
import type { Run } from './run';

/** What the plan of a stack is compared with. */
type Deployed = Pick<DeployedFile, 'product' | 'written' | 'inputs' | 'services'>;

/**
 * The plan with the product named where a change is its own: another version of it rendered the stack, and of what
 * people wrote nothing differs. Where that differs too the two cannot be told apart, which a note says.
 */
export async function renderedBy(run: Run, loaded: LoadedStack, plan: StackPlan): Promise<StackPlan> {
  const deployed = run.deployed.get(plan.stack);
  const { product } = run.context;
  const before = deployed?.product;
  if (plan.unchanged || deployed === undefined || product === undefined) return plan;
  if (before === undefined || before === product) return plan;
  if (!(await isAsWritten(run, loaded, deployed))) {
    const note = `itsup ${before} deployed it last, this is ${product}: a change may be the product's`;
    return { ...plan, notes: [...plan.notes, note] };
  }
  const by = `rendered by itsup ${product}, before by ${before}`;
  const services = plan.services.map((service) => named(service, loaded, deployed, by));
  const notes = plan.files.length > 0 ? [`the files are ${by}`] : [];
  return { ...plan, services, notes: [...plan.notes, ...notes] };
}

/** A change of the definition is the product's; that a tag names another image, or a container is gone, is not. */
function named(service: ServicePlan, { desired }: LoadedStack, deployed: Deployed, by: string): ServicePlan {
  const now = desired.services.find(({ name }) => name === service.service);
  const then = deployed.services[service.service];
  if (service.action === 'none' || now === undefined || then === undefined) return service;
  const isOther = now.image !== then.image || changedAspects(then, now.aspects).length > 0;
  return isOther ? { ...service, reasons: [...service.reasons, by] } : service;
}

/** Whether everything that people wrote is what the last deploy was made from. */
async function isAsWritten(run: Run, loaded: LoadedStack, deployed: Deployed): Promise<boolean> {
  const { root } = run.context;
  if (deployed.written !== (await run.written())) return false;
  if (deployed.inputs.environment !== loaded.inputs.environment) return false;
  const own = ({ inputs }: Pick<DeployedFile, 'inputs'>): string =>
    inputs.files
      .filter((file) => !isGenerated(path.relative(root, file.path)))
      .map((file) => `${file.path}\0${file.digest}`)
      .sort(compareText)
      .join('\n');
  if (own(deployed) !== own(loaded)) return false;
  const contexts = ({ inputs }: Pick<DeployedFile, 'inputs'>): string =>
    Object.values(inputs.contexts)
      .map(({ digest }) => digest)
      .sort(compareText)
      .join('\n');
  return contexts(deployed) === contexts(loaded);
}

function isGenerated(file: string): boolean {
  return file.startsWith(`upstream${path.sep}`) || file.startsWith(`proxy${path.sep}`);
}

/**
 * Digest of what routes and the proxy are rendered from, wherever it is in the workspace: settings, rows, templates of
 * its own.
 */
export async function digestOfWritten(root: string, digester: Digester): Promise<string> {
  const names = await readdir(path.join(root, 'projects'), { withFileTypes: true }).catch(() => []);
  const files = [
    ...names.flatMap((entry) => {
      if (entry.isDirectory()) return INGRESS_FILES.map((name) => `projects/${entry.name}/${name}`);
      return /\.ya?ml$/.test(entry.name) ? [`projects/${entry.name}`] : [];
    }),
    ...(await filesBelow(root, 'templates')),
  ].filter((file) => file !== 'projects/images.lock.yml');
  const texts = await Promise.all(
    files.sort(compareText).map(async (file) => [file, await textOf(path.join(root, file))]),
  );
  return digester.of(texts.filter(([, text]) => text !== null));
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const options = { withFileTypes: true, recursive: true } as const;
  const entries = await readdir(path.join(root, folder), options).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

async function textOf(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch(() => null);
}
