import type { Problem } from '@itsup/config';
import type { Engine, Redactor } from '@itsup/docker';
import type { WorkspaceRouting } from '@itsup/routing';

import type { GivenUp } from '../certificates/refused/given-up';
import type { CertificateKeeper } from '../certificates/keeper';
import type { CertificateStatus } from '../certificates/model';
import type { DeployContext } from '../context';
import type { Digester } from '../desired/digest';
import type { Relocation } from '../desired/files/relocation';
import type { SecretsReader } from '../desired/environment/secrets';
import type { ImageLock } from '../images/image-lock';
import type { FirstFetched } from '../images/record-first';
import type { Observed } from '../plan/observe';
import type { SharedTalk } from '../plan/network/shared-talk';
import type { Publisher } from '../publish/publisher';
import type { StateInUse } from '../proxy/state-in-use';
import type { HeldObject } from '../publish/still-used';
import type { DeployedFile } from '../state/deployed';
import type { EngineFact, PlanRequest } from '../requests';
import type { StackSpec } from '../stack/stack-spec';
import type { Slots } from './schedule/slots';

/** What all stacks of one plan or deploy share; gathered once, uncached. */
export interface Run {
  context: DeployContext;
  request: PlanRequest;
  /** A plan from another checkout than the recorded one; null: this is the one, or is to become it. */
  relocation: Relocation | null;
  routing: WorkspaceRouting;
  /** All of the workspace, the sound ones. */
  specs: Map<string, StackSpec>;
  /** The asked-for ones in the order of deploying, the proxy with them when it is taken along. */
  order: string[];
  /** Why the proxy is taken along; null: it is not, or it is asked for. */
  along: string | null;
  /** Problems that keep a stack from being deployed, by stack. */
  broken: Map<string, Problem[]>;
  problems: Problem[];
  prunable: string[];
  /** Stacks whose folder is gone, and the ones that have their Compose project by now. */
  successors: ReadonlyMap<string, string>;
  digester: Digester;
  secrets: SecretsReader;
  /** Hides the secrets that were read so far, of whatever stack. */
  hideAll: Redactor;
  publisher: Publisher;
  /** The proxy's objects that are no longer in the sources and that something still refers to. */
  held: HeldObject[];
  /** By path in the state folder: digest of what a container reads at its start only. */
  published: Record<string, string>;
  /** What images.lock.yml holds image references to. */
  lock: ImageLock;
  /** What this run fetched and the lock does not hold. */
  firstFetched: FirstFetched;
  /** Of the one listing at the start. */
  observed: Observed;
  /** With which state folder the proxy runs, as of the beginning. */
  inUse: StateInUse;
  engine: EngineFact;
  /** Where the engine is; asked once, when first needed. */
  engineDetails(): Promise<Engine>;
  deployed: Map<string, DeployedFile>;
  /** Of all stacks together: what starts, replaces or builds services takes one. */
  starts: Slots;
  certificates: CertificateKeeper;
  /** How all certificates were at the beginning; null: no Traefik was asked. */
  certificatesBefore: CertificateStatus[] | null;
  /** Why Traefik is replaced even where nothing changed; null: it is not. */
  replaceTraefik: string | null;
  /** Certificates that are not to be renewed: the next Traefik does not find them. */
  givenUp: GivenUp;
  /** Digest of what people wrote for routes and the proxy; made once, when first needed. */
  written(): Promise<string>;
  /** Who asks whom over the network that projects share; looked at once, when first needed. */
  sharedTalk(): Promise<SharedTalk[]>;
}
