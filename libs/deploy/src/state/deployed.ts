import path from 'node:path';

import type { ContextStamp } from './stamps';
import type { FileStamp } from './stamps';
import type { DeployedStack } from '../plan/model';
import { readJsonOrNull, writeFileAtomic } from './atomic-file';
import { listStacks } from './identity';
import type { State } from './state';

/**
 * What the last successful deploy of a stack left and what it was made from: enough to recognise from one listing of
 * the engine that nothing changed. Values are digests keyed with the state folder's own key.
 */
export interface DeployedFile extends DeployedStack {
  version: 1;
  stack: string;
  projectName: string;
  inputs: StackInputs;
  /** Id of the record of that deploy. */
  record: string;
  /** Version of the product that rendered it; absent: recorded by one that did not write it down. */
  product?: string;
  /** Digest of what people wrote for routes and the proxy, of the whole workspace; absent: likewise. */
  written?: string;
  /** Rows of it were not served when it ended, so the next one asks for them again. */
  unserved?: true;
}

/** Everything that the desired state was computed from. */
export interface StackInputs {
  /** Digest of what is no file: names, edges, the list of files, Compose's version, settings. */
  declared: string;
  /** Artifact, Compose files, environment files, mounted files. */
  files: FileStamp[];
  contexts: Record<string, ContextStamp>;
  /** Names of the variables whose values count. */
  variables: string[];
  /** Digest of their values. */
  environment: string;
  /**
   * From when on (milliseconds) a registry is to be asked, or an image to be built, although nothing changed; null:
   * never. Absent: an earlier version did not note it, so the files have to say.
   */
  pullsAt?: number | null;
  /** Ids of the images that containers have as volumes, by reference; absent: there are none. */
  mountedImages?: Record<string, string | null>;
}

export function readDeployed(state: State, stack: string): Promise<DeployedFile | null> {
  return readJsonOrNull<DeployedFile>(deployedPath(state, stack), 1);
}

/** Of all stacks that were deployed, by stack. */
export async function deployedFiles(state: State): Promise<Map<string, DeployedFile>> {
  const stacks = await listStacks(state);
  const files = await Promise.all(stacks.map((stack) => readDeployed(state, stack)));
  return new Map(files.flatMap((file) => (file === null ? [] : [[file.stack, file]])));
}

export function writeDeployed(state: State, deployed: DeployedFile): Promise<void> {
  return writeFileAtomic(deployedPath(state, deployed.stack), `${JSON.stringify(deployed)}\n`);
}

export function deployedPath(state: State, stack: string): string {
  return path.join(state.stackDir(stack), 'deployed.json');
}
