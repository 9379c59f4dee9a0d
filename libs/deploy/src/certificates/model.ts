import type { Place } from '@itsup/config';
import type { Refusal } from '@itsup/traefik';

/** A certificate that routers of a stack ask a resolver for: one order. */
export interface WantedCertificate {
  stack: string;
  resolver: string;
  /** The main name first. */
  names: string[];
  /** Of the row or label; null: the proxy's own. */
  place: Place | null;
}

/** A refusal that is remembered, and kept from being repeated. */
export interface BookedRefusal extends Refusal {
  resolver: string;
  /** Where each name led then: addresses, or why there are none. */
  lookups: Record<string, string>;
  /** false: DNS had no address, so nobody was asked. */
  asked: boolean;
  /** What Traefik serves for these names meanwhile; while it has a certificate for a name, it asks for none. */
  standIn: KeyPair;
}

/** PEM. */
export interface KeyPair {
  certificate: string;
  key: string;
}

/** How things are with a wanted certificate. */
export type Standing =
  /** `isFile`: it is a file of the operator's, which nobody renews. */
  | { state: 'there'; issuer: string; begins: number; expires: number; isFile?: true }
  /** A file of the operator's that has ended. Traefik asks nobody for a name that it has a certificate for. */
  | { state: 'ended'; expires: number }
  /** An authority, or DNS before it, said no; nobody asks again before something changes. */
  | { state: 'refused'; refusal: BookedRefusal }
  /**
   * It is missing, and may come at any moment; with `behind` it does not: Traefik takes what stands in for another
   * certificate of that resolver, which was refused, for this one's. With `ended` there was one until then, which
   * Traefik renews by the day or when it starts.
   */
  | { state: 'asked'; behind?: BookedRefusal; ended?: number }
  /** Nobody asks: there is no such resolver. */
  | { state: 'none' };

/** A wanted certificate and how things are with it. */
export interface CertificateStatus {
  wanted: WantedCertificate;
  standing: Standing;
}

/** The name of one order, whatever the order of its names. */
export function orderKey(names: readonly string[]): string {
  return [...names].sort().join(',');
}

/** The name of what one resolver was asked for: another may get what this one was refused. */
export function refusalKey({ names, resolver }: Pick<WantedCertificate, 'names' | 'resolver'>): string {
  return `${resolver} ${orderKey(names)}`;
}
