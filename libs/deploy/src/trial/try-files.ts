import { chmod, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { isCheckedVersion, locate } from '@itsup/traefik';
import { writeNamed, type Place, type Problem, type Settings } from '@itsup/config';
import { DockerError, type Docker } from '@itsup/docker';

import type { System } from '../context';
import { sha256 } from '../desired/digest';
import type { PublishedFile } from '../publish/published-file';
import { readFileOrNull, writeFileAtomic } from '../state/atomic-file';
import type { State } from '../state/state';
import { TRIAL_FOLDER, trialFiles } from './trial-files';
import { trialVerdict, type TrialFault, type TrialVerdict } from './trial-verdict';

export interface TrialRequest {
  docker: Pick<Docker, 'inspectImages' | 'listContainers' | 'logs' | 'remove' | 'runDetached'>;
  state: Pick<State, 'dir' | 'traefikDir'>;
  system: Pick<System, 'now' | 'sleep'>;
  image: string;
  /** Everything that is to be published. */
  files: readonly PublishedFile[];
  settings: Pick<Settings, 'middlewaresOverride' | 'traefikOverride'>;
  /** A deploy remembers what was tried; a plan leaves no trace. */
  remember: boolean;
}

const LIMIT_MS = 20_000;
/** Each look is a process of its own: on a machine with much to do they would keep back what they wait for. */
const FIRST_INTERVAL_MS = 50;
const LONGEST_INTERVAL_MS = 1000;
const LABEL = 'itsup.trial';
const FOLDER_PREFIX = 'trial-';
/** No user of anybody's. */
const NOBODY = 65534;

/**
 * Starts a throw-away Traefik with the files that are to be published: without a network, without a capability, as
 * nobody. Files that were tried before, with this image, are not tried again.
 *
 * @returns problems of what it refuses, and a note where it could not be asked
 */
export async function tryFiles(request: TrialRequest): Promise<Problem[]> {
  const { docker, state, image, files } = request;
  const tried = files.filter(({ path: file }) => file.startsWith('traefik/') && file.endsWith('.yml'));
  if (tried.length === 0) return [];
  const digest = sha256(JSON.stringify([image, tried.map(({ path: file, text }) => [file, text])]));
  const record = path.join(state.dir, 'trial.json');
  if ((await readFileOrNull(record)) === recorded(digest)) return [];
  try {
    if (!(await docker.inspectImages([image])).has(image)) {
      // Where the types are known they have judged already.
      return isCheckedVersion(image) ? [] : [notTried(`the image ${image} is not on this host yet`)];
    }
    const { complete, faults } = await run(request, trialFiles(tried));
    if (!complete) return [notTried(`a throw-away Traefik did not judge them within ${LIMIT_MS / 1000} s`)];
    if (faults.length === 0 && request.remember)
      await writeFileAtomic(record, recorded(digest), { sync: false });
    return faults.map((fault) => problemOf(fault, request));
  } catch (error) {
    if (!(error instanceof DockerError)) throw error;
    return [notTried(error.message)];
  }
}

function recorded(digest: string): string {
  return `${JSON.stringify({ version: 1, digest })}\n`;
}

async function run(
  { docker, state, system, image, remember }: TrialRequest,
  files: Record<string, string>,
): Promise<TrialVerdict> {
  if (remember) {
    await mkdir(state.dir, { recursive: true });
    await removeLeftovers({ docker, state, system });
  }
  const published = await stat(state.traefikDir).catch(() => null);
  const folder = await mkdtemp(path.join(await parentFolder(state), FOLDER_PREFIX));
  let id: string | null = null;
  try {
    await mkdir(path.join(folder, 'dynamic'));
    for (const [file, text] of Object.entries(files))
      await writeNamed(path.join(folder, file), text, { mode: 0o644 });
    for (const readable of [folder, path.join(folder, 'dynamic')]) await chmod(readable, 0o755);
    id = await docker.runDetached({
      image,
      command: [`--configFile=${TRIAL_FOLDER}/traefik.yml`],
      labels: { [LABEL]: folder },
      network: 'none',
      // In the group that may read what is published: a file of users or a certificate may stand there.
      user: `${NOBODY}:${published?.gid ?? NOBODY}`,
      capDrop: ['ALL'],
      securityOpt: ['no-new-privileges:true'],
      readOnly: true,
      tmpfs: ['/tmp'],
      // The engine would make a folder that is missing.
      binds: [`${folder}:${TRIAL_FOLDER}:ro`, ...(published ? [`${state.traefikDir}:/etc/traefik:ro`] : [])],
    });
    return await verdictOf(docker, system, id);
  } finally {
    if (id !== null) await docker.remove([id], { force: true, volumes: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** A plan on a host that has no state folder yet makes none. */
async function parentFolder({ dir }: TrialRequest['state']): Promise<string> {
  return stat(dir).then(
    () => dir,
    () => tmpdir(),
  );
}

/** What a deploy left that was killed during a trial. */
async function removeLeftovers({
  docker,
  state,
  system,
}: Pick<TrialRequest, 'docker' | 'state' | 'system'>): Promise<void> {
  for (const name of await readdir(state.dir)) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const folder = path.join(state.dir, name);
    const { mtimeMs } = await stat(folder).catch(() => ({ mtimeMs: Infinity }));
    // Somebody else's trial may be under way.
    if (mtimeMs > system.now() - 2 * LIMIT_MS) continue;
    const containers = await docker.listContainers({ labelFilters: [`${LABEL}=${folder}`] });
    if (containers.length > 0)
      await docker.remove(
        containers.map(({ id }) => id),
        { force: true, volumes: true },
      );
    await rm(folder, { recursive: true, force: true });
  }
}

async function verdictOf(
  docker: TrialRequest['docker'],
  system: TrialRequest['system'],
  id: string,
): Promise<TrialVerdict> {
  const until = system.now() + LIMIT_MS;
  for (let interval = FIRST_INTERVAL_MS; ; interval = Math.min(2 * interval, LONGEST_INTERVAL_MS)) {
    const verdict = trialVerdict(await docker.logs(id, { tail: 2_000 }));
    if (verdict.complete || system.now() > until) return verdict;
    await system.sleep(interval);
  }
}

function problemOf({ reason, file, object }: TrialFault, { files, settings }: TrialRequest): Problem {
  const place = placeOf({ reason, ...(file && { file }), ...(object && { object }) }, files, settings);
  const what = object ?? (file === 'traefik.yml' ? 'the static configuration' : file);
  return {
    code: 'traefik-refuses',
    severity: 'error',
    message: `Traefik refuses ${what ?? 'its files'}: ${reason}`,
    help: 'tried in a throw-away Traefik before anything was published',
    ...(place && { place }),
  };
}

/** The operator's line where the object stands in a file of theirs, else the generated file. */
function placeOf(
  { reason, file, object }: TrialFault,
  files: readonly PublishedFile[],
  settings: TrialRequest['settings'],
): Place | null {
  const overrides = [settings.middlewaresOverride, settings.traefikOverride].filter((each) => each !== null);
  if (object !== undefined) {
    const steps = object.split('.');
    const paths =
      ['http', 'tcp', 'udp'].includes(steps[0] ?? '') || steps[0] === 'tls'
        ? [[steps[0] ?? '', steps[1] ?? '', steps.slice(2).join('.')]]
        : ['http', 'tcp', 'udp'].map((section) => [section, 'routers', object]);
    for (const { file: name, text } of overrides) {
      for (const steps of paths) {
        const found = locate(text, steps, 'key');
        if (found !== null) return { file: name, ...found };
      }
    }
    return null;
  }
  const published = files.find(({ path: name }) => path.basename(name) === file);
  if (published === undefined) return null;
  const own = overrides.find(({ file: name }) => path.basename(name) === file);
  const node = /node: ([\w-]+)/.exec(reason)?.[1] ?? /parsing "([^"]+)"/.exec(reason)?.[1];
  const line =
    node === undefined || own === undefined
      ? -1
      : own.text.split('\n').findIndex((one) => one.includes(node));
  if (own !== undefined && line >= 0) {
    const text = own.text.split('\n')[line] ?? '';
    return { file: own.file, line: line + 1, column: text.indexOf(node ?? '') + 1, text };
  }
  return { file: own?.file ?? `proxy/${published.path}`, line: 1, column: 1 };
}

function notTried(reason: string): Problem {
  return {
    code: 'traefik-files-not-tried',
    severity: 'note',
    message: `Traefik's files were not tried before they are published: ${reason}`,
  };
}
