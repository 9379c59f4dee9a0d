import type { Problem } from '@itsup/config';

import type { EngineFact } from '../requests';
import type { RouterState } from '../serving/judge-router';

export type { RouterState };

/** What runs of an explanation's answer. */
export interface RunningFacts {
  engine: EngineFact;
  /** Whether the running Traefik could be asked, and why not. */
  proxy: { answers: boolean; reason: string | null };
  /** One for each router of the answers, by its qualified name. */
  routers: Record<string, RouterState>;
  /** Containers of the services that the answers lead to, by `project:service`. */
  containers: Record<string, ContainerFact[]>;
  /** Certificates that routers ask for, as the running Traefik has them; null: it could not be asked. */
  certificates: CertificateFact[] | null;
  /** What keeps the answer from being true now, most telling first. */
  findings: Problem[];
}

/** A certificate that routers ask a resolver for, and in words how things are with it. */
export interface CertificateFact {
  resolver: string;
  names: string[];
  text: string;
}

export interface ContainerFact {
  name: string;
  state: string;
  health: string | null;
  /** It is on the network that Traefik comes by; true too where Compose alone knows which that is. */
  isReached: boolean;
  /** Traefik's docker provider takes it: it runs, and is not known to be unhealthy or starting. */
  isServed: boolean;
}
