import type { Lookup } from '@itsup/config';

/** Values of a project's variables, by its name; undefined: their defaults count. */
export type Lookups = (project: string) => Lookup | undefined;

/** What only a host knows. Without it everything is judged by the sources alone. */
export interface Circumstances {
  lookups?: Lookups;
  /** Addresses of this host. */
  addresses?: readonly string[];
  /** Networks of the engine on this host, as `172.18.0.0/16`: containers' addresses. */
  engineNetworks?: readonly string[];
}
