import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** Where the backends write down every POST they carry out; tells whether each was carried out exactly once. */
export interface Ledger {
  port: number;
  /** Ids carried out more than once. */
  twice(): string[];
  /** Of these ids (the ones a client got an answer for) those that nobody carried out. */
  missing(answered: Iterable<string>): string[];
  count(): number;
  close(): Promise<void>;
}

/** Listens on all addresses, so that containers reach it through their gateway. */
export async function openLedger(): Promise<Ledger> {
  const seen = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    const id = new URL(request.url ?? '/', 'http://ledger').pathname.slice(1);
    seen.set(id, (seen.get(id) ?? 0) + 1);
    request.resume();
    response.end();
  });
  server.keepAliveTimeout = 120_000;
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    twice: () => [...seen].filter(([, count]) => count > 1).map(([id]) => id),
    missing: (answered) => [...answered].filter((id) => !seen.has(id)),
    count: () => seen.size,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
