import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

import type { RelayTarget } from '../../types';

/** A handshake of TLS may take as many times as long: many begin at once. */
const HANDSHAKE_FACTOR = 5;

/**
 * Opens a connection to a container.
 * @param attemptMs how long it may take; with TLS the handshake gets a few times as long besides
 * @param onSettled told once whether it is connected, with TLS where that is wanted
 */
export function connectContainer(
  { address: host, port, tls }: RelayTarget,
  attemptMs: number,
  onSettled: (connected: boolean) => void,
): Socket {
  // Traefik's limit for a handshake cannot be set, so it speaks plainly to the listener.
  const upstream = tls
    ? connectTls({
        host,
        port,
        ALPNProtocols: ['http/1.1'],
        rejectUnauthorized: false,
        ...(tls.serverName !== null && { servername: tls.serverName }),
      })
    : connect({ host, port, allowHalfOpen: true, noDelay: true });
  const limited = (ms: number): NodeJS.Timeout =>
    setTimeout(() => upstream.destroy(new Error(`no connection within ${ms} ms`)), ms);
  let attempt = limited(attemptMs);
  if (tls)
    upstream.once('connect', () => {
      clearTimeout(attempt);
      attempt = limited(attemptMs * HANDSHAKE_FACTOR);
    });
  let isSettled = false;
  const settle = (connected: boolean): void => {
    clearTimeout(attempt);
    if (!isSettled) onSettled(connected);
    isSettled = true;
  };
  upstream.on('error', () => settle(false));
  upstream.once('close', () => settle(false));
  upstream.once(tls ? 'secureConnect' : 'connect', () => settle(true));
  return upstream;
}
