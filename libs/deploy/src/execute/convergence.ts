import type { KeptContainer } from '@itsup/docker';
import type { RolloutContext } from '@itsup/rollout';
import type { StoreKnowledge } from '@itsup/traefik';

import type { DeployContext } from '../context';
import type { LoadedStack } from '../desired/loaded-stack';
import type { DeployedStack, StackPlan } from '../plan/model';
import type { Slots } from '../run/schedule/slots';
import type { Publisher } from '../publish/publisher';
import type { Journal } from '../state/journal';

/** One stack on its way to what its plan says. */
export interface Convergence {
  context: DeployContext;
  loaded: LoadedStack;
  plan: StackPlan;
  journal: Journal;
  publisher: Publisher;
  rollout: RolloutContext;
  /** What the last deploy left; null: there was none. */
  deployed: DeployedStack | null;
  /** By service that is recreated: what ran before, until what replaces it is ready. */
  kept: Map<string, KeptContainer[]>;
  /** Services whose containers were left running before they were ready. */
  left: Set<string>;
  /** Services of the stack that start at the same time; 1: one operation after the other, drains included. */
  parallel: number;
  /** Of the whole run. What starts or replaces services takes one; a rollout gives it back before it drains. */
  starts: Slots;
  /** Gives the operation's slots back: nothing of it starts any more. Absent outside of one that has some. */
  started?: () => void;
  /** The running proxy reads another folder than the one that is published to. */
  readsOtherFiles: boolean;
  /** What the next Traefik is asked for, and what it is not to renew. */
  certificates: Pick<StoreKnowledge, 'unwanted' | 'wanted'>;
}
