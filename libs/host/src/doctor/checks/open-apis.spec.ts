import type { Listener } from '@itsup/docker';

import { checkOpenApis } from './open-apis';

function listener(port: number, name: string, address = '127.0.0.1'): Listener {
  return { protocol: 'tcp', address, port, processes: [{ name, pid: 7 }] };
}

it('names APIs that are open to every account, as earlier versions left them', () => {
  const listeners = [listener(2375, 'docker-proxy'), listener(8082, 'traefik')];
  expect(checkOpenApis({ proxyRuns: true, listeners }).map(({ message }) => message)).toEqual([
    "something answers on 127.0.0.1:2375, the port of Docker's API without a password: who reaches that reads the secrets of every project",
    "Traefik's API is open to every account of this host, on port 8082",
  ]);
});

it('says nothing of a project on port 8082, nor where listeners are not known', () => {
  const listeners = [listener(8082, 'docker-proxy', '*'), listener(26482, 'traefik')];
  expect(checkOpenApis({ proxyRuns: true, listeners })).toEqual([]);
  expect(checkOpenApis({ proxyRuns: true, listeners: null })).toEqual([]);
});
