/** What a listener carries: http and h2c also answer who waits too long, and drop who gave up. */
export type RelayKind = 'http' | 'h2c' | 'tcp';

/** Where a listener leads to. */
export interface RelayTarget {
  address: string;
  port: number;
  /** null: plainly; else with TLS, asking for that name. */
  tls: { serverName: string | null } | null;
}

/** A listener on the loopback that stands in for a service while nobody serves; see `openRelay`. */
export interface Relay {
  readonly port: number;
  /** Requests that arrived before it holds any. */
  readonly proofs: number;
  /** Connections that had to wait, the longest wait of one, and how many were answered that nobody serves. */
  readonly total: number;
  readonly longestMs: number;
  readonly refused: number;
  /** Connections that are open now. */
  readonly carried: number;
  /** Whether it could hand over to this target now. */
  reaches(target: RelayTarget): Promise<boolean>;
  /** From here on whoever comes waits, at most so long; then he gets the page. */
  hold(limitMs: number, page: string): void;
  /** Who waits is answered that nobody serves, and who comes as well. */
  refuse(): void;
  /** Who waits goes on to these, in turn, and who comes as well. */
  release(targets: RelayTarget[]): Promise<void>;
  /** Nothing came for so long, and nothing is open. */
  isQuiet(forMs: number): boolean;
  /** What is open is cut. */
  close(): void;
}
