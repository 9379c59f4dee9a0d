import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

import { reasonOf } from './http-traffic';
import type { ResetProfile } from './profile';
import type { Counter } from './tally';

/** More than an HTTP server reads ahead: it closes with bytes unread, which the kernel tells the client by a reset. */
const UNREAD = 'x'.repeat(64 * 1024);

/**
 * Connections that the server resets, one after the other from one and the same port. Connection tracking remembers
 * such a connection for seconds, and takes the next one from that port for its continuation. What is sent is of no
 * account: a connection counts as lost when it cannot be opened.
 */
export function resetTraffic(
  profile: ResetProfile,
  counter: Counter,
): { send(due: number): void; close(): void } {
  let isOpen = false;
  let closed = false;
  const send = (due: number): void => {
    if (isOpen || closed) return;
    isOpen = true;
    counter.begin();
    const socket = connect({ host: profile.address, port: profile.port, localPort: profile.localPort });
    let connected = false;
    let ending = 'ended';
    const timer = setTimeout(() => socket.destroy(new Error('timeout')), profile.timeoutMs ?? 10_000);
    socket.on('connect', () => {
      connected = true;
      socket.write(`GET / HTTP/1.1\r\nHost: ${profile.host}\r\nConnection: close\r\n\r\n${UNREAD}`);
    });
    socket.resume();
    // An end of the client's own would keep the port busy.
    socket.on('end', () => socket.resetAndDestroy());
    socket.on('error', (error) => {
      if (!connected) ending = reasonOf(error);
      else if (reasonOf(error) === 'ECONNRESET') ending = 'reset';
    });
    socket.on('close', () => {
      clearTimeout(timer);
      isOpen = false;
      if (connected) counter.succeed(ending, performance.now() - due);
      else counter.fail(ending);
    });
  };
  return { send, close: () => void (closed = true) };
}
