import type { Isolation } from '@itsup/config';
import type { Compose, ComposeModel, Docker } from '@itsup/docker';

import type { ImageLock } from '../images/image-lock';
import type { DesiredStack, ObservedContainer } from '../plan/model';
import type { ServiceOptions } from '../plan/service/not-rolled';
import type { StackSpec } from '../stack/stack-spec';
import type { DeployedFile, StackInputs } from '../state/deployed';
import type { Digester } from './digest';
import type { StackEnvironment } from './environment/environment';
import type { SecretsReader } from './environment/secrets';
import type { TrackedFiles } from './files/own-files';
import type { Relocation } from './files/relocation';
import type { RestoredFiles } from './project-compose';
import type { Build } from './service/builds';
import type { ImageVolumes } from './service/image-volumes';

/** The desired state of a stack with what executing it takes. Holds secrets: never printed, never written. */
export interface LoadedStack {
  spec: StackSpec;
  desired: DesiredStack;
  model: ComposeModel;
  /** Texts of the Compose files by absolute path: what a rollback needs, without any value of a variable. */
  sources: ReadonlyMap<string, string>;
  compose: Compose;
  environment: StackEnvironment;
  options: Map<string, ServiceOptions>;
  inputs: StackInputs;
  notes: string[];
  /** By service that is built: the images that its build starts from. */
  baseImages: ReadonlyMap<string, string[]>;
  /** By service that is built: what from. */
  builds: ReadonlyMap<string, Build>;
  imageVolumes: ImageVolumes;
  /** What images.lock.yml holds image references to. */
  lock: ImageLock;
}

export interface LoadOptions {
  root: string;
  /** The paths of the model are those of the recorded checkout, contents those of this one; null: they are the same. */
  relocation: Relocation | null;
  stateDir: string;
  isolation: Isolation;
  env: Readonly<Record<string, string | undefined>>;
  docker: Pick<Docker, 'compose' | 'inspectImages'>;
  secrets: SecretsReader;
  /** Absent: there is no git. */
  tracked?: TrackedFiles;
  digester: Digester;
  now: number;
  /** Its stamps spare reading what has not changed. */
  deployed: DeployedFile | null;
  /** Ask the registries even where an image is there. */
  pull: boolean;
  /** Containers of the stack, whoever made them. */
  own: readonly ObservedContainer[];
  /** Those of them that no record names: they have to be compared by Compose's own hash. */
  unknown: readonly ObservedContainer[];
  /** Services that were built in this run. */
  built: ReadonlySet<string>;
  /** By path below the state folder: digest of what deploy publishes there and a container reads at its start only. */
  published: Readonly<Record<string, string>>;
  /** What images.lock.yml holds image references to. */
  lock: ImageLock;
  /** Compose files instead of the artifact (a rollback). */
  restored?: RestoredFiles;
  /** Image id instead of the model's image, by service (a rollback). */
  images?: Readonly<Record<string, string>>;
}
