import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Hands the bytes of both ways over as they are. */
export function join(client: Socket, container: Socket): void {
  const both = [
    [client, container],
    [container, client],
  ] as const;
  for (const [from, to] of both) {
    from.on('error', () => reset(to));
    from.on('close', () => {
      if (!from.readableEnded) to.destroy();
    });
    from.pipe(to);
  }
}

/** Tells the other side that it was no ordinary end. */
export function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
