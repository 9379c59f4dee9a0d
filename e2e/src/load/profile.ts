/** A kind of traffic; `perSecond` of 0 leaves the profile out. */
export type Profile = HttpProfile | TcpProfile | UdpProfile | HeldProfile | ResetProfile;

interface Base {
  /** In the result. */
  name: string;
  perSecond: number;
  /** Milliseconds until a request counts as lost. Default 10 000. */
  timeoutMs?: number;
}

export interface HttpProfile extends Base {
  kind: 'http';
  /** Where to connect: `http://127.0.0.1:8080` or `https://127.0.0.1:8443`. Certificates are not checked. */
  origin: string;
  /** Host header and SNI. */
  host: string;
  /** Default `/`. The backend takes `/?wait=3000` (milliseconds) and `/?wait=3000&parts=4`. */
  path?: string;
  /** POST sends a body under an id and checks that the answer is the body's digest. Default GET. */
  method?: 'GET' | 'POST';
  /** Reuses connections; false opens one a request. */
  keepAlive: boolean;
}

export interface TcpProfile extends Base {
  kind: 'tcp';
  /** Every request is a connection of its own: one line there, one back. */
  address: string;
  port: number;
  /** Speaks TLS with this SNI; absent: plain TCP. */
  servername?: string;
}

export interface UdpProfile extends Base {
  kind: 'udp';
  /** One datagram there, one back; every request from a socket of its own, or all from one and the same. */
  fixedSource?: boolean;
  address: string;
  port: number;
}

/**
 * HTTP connections that the server resets, all from one port; one at a time, so fewer than `perSecond` while one waits.
 */
export interface ResetProfile extends Base {
  kind: 'reset';
  address: string;
  port: number;
  /** Host header. */
  host: string;
  /** Where they come from; nobody else's. */
  localPort: number;
}

/** Connections that stay: opened at the start, each says something `perSecond` times a second and expects it back. */
export interface HeldProfile extends Base {
  kind: 'held';
  via: 'websocket' | 'tcp';
  count: number;
  address: string;
  port: number;
  /** websocket: Host header. */
  host?: string;
  /** TLS with this SNI (websocket: the host). */
  tls?: boolean;
}
