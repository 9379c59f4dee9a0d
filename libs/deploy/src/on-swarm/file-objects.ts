import { readFile } from 'node:fs/promises';

import { UserError } from '@itsup/config';
import type { ComposeFileObject, ComposeModel, Docker, SwarmFileKind } from '@itsup/docker';
import { STACK_LABEL } from '@itsup/docker';

import type { LoadedStack } from '../desired/loaded-stack';
import type { Run } from '../run/run';
import { STACK_NAME_LABEL, WORKSPACE_LABEL } from '../swarm/deployed-label';

/** Swarm's own bound for one config or secret; Raft keeps all of them on every manager. */
const MAX_BYTES = 500_000;

/** A config or secret of a stack as it is to be on the swarm. */
export interface WantedFile {
  kind: SwarmFileKind;
  /** Key in the Compose file. */
  key: string;
  /** Holds a digest of the content, so that another content is another object. */
  name: string;
  content: Uint8Array;
}

/** What the contents of a stack's configs and secrets are taken from. */
export interface FileSources {
  spec: Pick<LoadedStack['spec'], 'stack'>;
  model: ComposeModel;
  environment: Pick<LoadedStack['environment'], 'all'>;
}

/**
 * The configs and secrets of the stack whose content is the project's. Holds secrets: never printed, never written.
 * @throws UserError for one whose content is not there, or is more than a swarm takes
 */
export async function wantedFiles(
  { digester }: Pick<Run, 'digester'>,
  { spec, model, environment }: FileSources,
): Promise<WantedFile[]> {
  const wanted: WantedFile[] = [];
  for (const [kind, objects] of kindsOf(model)) {
    for (const [key, object] of Object.entries(objects)) {
      if (object.external === true) continue;
      const content = await contentOf(object, environment.all);
      const what = `${kind} ${key}`;
      if (content === null) {
        throw refusal(spec.stack, `the content of ${what} is not there`, `create ${object.file ?? 'it'}`);
      }
      if (content.byteLength > MAX_BYTES) {
        throw refusal(
          spec.stack,
          `${what} has ${content.byteLength} bytes: a swarm takes ${MAX_BYTES}`,
          'mount it as a file, or build it into the image',
        );
      }
      const digest = digester.of(Buffer.from(content).toString('base64')).slice(0, 12);
      wanted.push({ kind, key, name: `${model.name}_${key}_${digest}`, content });
    }
  }
  return wanted;
}

/** Makes those that are not there; what has that name has that content. */
export async function createFiles(
  docker: Pick<Docker, 'swarm'>,
  { spec, model }: Pick<LoadedStack, 'spec' | 'model'>,
  files: readonly WantedFile[],
  workspace: string,
): Promise<void> {
  const labels = {
    [STACK_LABEL]: model.name,
    [WORKSPACE_LABEL]: workspace,
    [STACK_NAME_LABEL]: spec.stack,
  };
  for (const kind of ['config', 'secret'] as const) {
    const own = files.filter((file) => file.kind === kind);
    if (own.length === 0) continue;
    const present = new Set((await docker.swarm.listFiles(kind)).map(({ name }) => name));
    for (const { name, content } of own) {
      if (!present.has(name)) await docker.swarm.createFile(kind, { name, content, labels });
    }
  }
}

/** Removes those of the stack that it does not want any more. The engine keeps what a service still names. */
export async function removeOldFiles(
  docker: Pick<Docker, 'swarm'>,
  stack: string,
  keep: ReadonlySet<string>,
): Promise<void> {
  for (const kind of ['config', 'secret'] as const) {
    const own = await docker.swarm.listFiles(kind, `${STACK_NAME_LABEL}=${stack}`);
    for (const { name } of own) if (!keep.has(name)) await docker.swarm.removeFile(kind, name);
  }
}

function kindsOf({
  configs = {},
  secrets = {},
}: ComposeModel): [SwarmFileKind, Record<string, ComposeFileObject>][] {
  return [
    ['config', configs],
    ['secret', secrets],
  ];
}

/** null: it is not there. */
async function contentOf(
  { file, environment, content }: ComposeFileObject,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<Uint8Array | null> {
  if (file !== undefined) return readFile(file).catch(() => null);
  // Compose prints its model as it would read it again: a dollar sign doubled.
  const text = environment === undefined ? content?.replaceAll('$$', '$') : variables[environment];
  return text === undefined ? null : Buffer.from(text, 'utf8');
}

function refusal(project: string, message: string, help: string): UserError {
  return new UserError({ code: 'swarm-file', severity: 'error', project, message, help });
}
