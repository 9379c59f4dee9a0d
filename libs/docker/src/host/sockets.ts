export interface SocketAddress {
  address: string;
  port: number;
}

/** One TCP connection of a network namespace. */
export interface Connection {
  local: SocketAddress;
  remote: SocketAddress;
  /** Payload bytes; null where only /proc could be read. */
  bytesSent: number | null;
  bytesReceived: number | null;
  /** Milliseconds since the last byte either way; null where only /proc could be read. */
  idleMs: number | null;
  /** Bytes that the process has not read yet, and that the peer has not acknowledged. */
  receiveQueue: number;
  sendQueue: number;
}

export interface ConnectionsOptions {
  /** Connections from this port of ours: what clients have open at a server. */
  localPort?: number;
  /** Connections to this address, e.g. a container's: what a proxy has open to a backend. */
  remoteAddress?: string;
  remotePort?: number;
  /** Those too that one side has closed and the kernel still knows. */
  ended?: boolean;
  /** Namespace of this process id; default: this process's. Another one needs root. */
  pid?: number;
}

/** A socket that waits for clients. */
export interface Listener {
  protocol: 'tcp' | 'udp';
  address: string;
  port: number;
  /** Names of the processes, where this user may know. */
  processes: { name: string; pid: number }[];
}
