import { connect as connectTo } from 'node:net';

import type { DeployContext } from '../../context';
import { type HandoverContext, type HandoverEvent, type HeldConnection } from '@itsup/rollout';
import { apiSecretOf, readIdentity } from '../../state/identity';
import { PROXY_STACK } from '../../requests';
import { getText } from '../../proxy/network-probes';
import { HANDOVER_WORDS, waitsFor } from '../progress-words';
import { never } from '../../engine/retry-on-restart';

/** What a hand-over of Traefik needs, from what a deploy has. */
export async function handoverContext(context: DeployContext): Promise<HandoverContext> {
  const identity = await readIdentity(context.state);
  return {
    // An interrupt must not end the commands that put things back; the hand-over minds the signal itself.
    docker: context.docker.with({ signal: null }),
    get: getText,
    apiSecret: identity === null ? null : apiSecretOf(identity),
    connect,
    clock: context.system,
    report: (event) => report(context, event),
    signal: context.signal ?? never(),
  };
}

function connect(address: string, port: number, timeoutMs: number): Promise<HeldConnection> {
  return new Promise((resolve, reject) => {
    const socket = connectTo({ host: address, port, timeout: timeoutMs });
    const refuse = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.once('connect', () => {
      socket.setTimeout(0);
      // Whoever holds the connection learns of its end by closing it.
      socket.off('error', refuse).on('error', () => undefined);
      // Of a socket that is connected already, so it has one.
      resolve({ localPort: socket.localPort ?? 0, close: () => socket.destroy() });
    });
    socket.once('timeout', () =>
      refuse(new Error(`no answer from ${address}:${port} within ${timeoutMs} ms`)),
    );
    socket.once('error', refuse);
  });
}

function report({ reporter }: DeployContext, event: HandoverEvent): void {
  switch (event.type) {
    case 'step':
      reporter.status?.(PROXY_STACK, `traefik: ${HANDOVER_WORDS[event.step]}`);
      break;
    case 'waiting':
      reporter.status?.(PROXY_STACK, `traefik: ${waitsFor(event)}`);
      break;
    case 'note':
      reporter.line(PROXY_STACK, `traefik: ${event.text}`);
  }
}
