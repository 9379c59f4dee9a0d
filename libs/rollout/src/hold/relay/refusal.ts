import type { Socket } from 'node:net';

/** Whoever is still sending gets the answer if what he sends is read on for a while. */
const READ_ON_MS = 2_000;
/** As long as Traefik may take for the TLS of a client that it has just accepted. */
const HANDSHAKE_MS = 1_000;
/** How a header of the PROXY protocol begins, which Traefik sends before its client has said anything. */
const PROXY_HEADERS = [Buffer.from('PROXY '), Buffer.from('\r\n\r\n\0\r\nQUIT\n')];

/** Says something without having read, and reads on for a while: closing at once would reset what was said. */
export function sayUnread(socket: Socket, text: string): void {
  socket.end(text);
  socket.resume();
  setTimeout(() => socket.destroy(), READ_ON_MS).unref();
}

/**
 * Ends a connection of Traefik's without a word, and not before Traefik can tell its client: of one whose TLS is not
 * over yet it would close nothing (pkg/tcp/proxy.go, connCopy: `CloseWrite` before the handshake is complete is an
 * error, after which it gives up), and the client would hang for good. What the client says, or his end, comes after
 * the handshake; of one who waits for the server's first word the time has to tell.
 *
 * @param withinMs so long at most it is left open
 */
export function endUnspoken(socket: Socket, withinMs = HANDSHAKE_MS): void {
  let isFirst = true;
  socket.on('data', (data: Buffer) => {
    const isHeader = isFirst && PROXY_HEADERS.some((start) => data.subarray(0, start.length).equals(start));
    isFirst = false;
    if (!isHeader) socket.destroy();
  });
  socket.on('end', () => socket.destroy());
  socket.resume();
  setTimeout(() => socket.destroy(), withinMs).unref();
}
