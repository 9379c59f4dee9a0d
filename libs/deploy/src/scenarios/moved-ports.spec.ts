import type { ComposeService } from '@itsup/docker';

import { deploy, outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

/** A service that has a port of the host, at all of its addresses or at one. */
const at = (port: number, address?: string): ComposeService => ({
  ...WEB,
  ports: [
    {
      ...{ target: 80, published: String(port), protocol: 'tcp', mode: 'ingress' },
      ...(address !== undefined && { host_ip: address }),
    },
  ],
});

const portsOf = (service: string): number[] =>
  simulated.engine
    .running('shop', service)
    .flatMap(({ definition }) => definition.ports.map((one) => one.hostPort));

it('a service that is renamed hands its port on', async () => {
  simulated.setProject('shop', { old: at(8080), other: WEB });
  await deploy(simulated);
  simulated.setProject('shop', { new: at(8080), other: WEB });
  expect((await outcomeOf(simulated, 'shop')).status).toBe('deployed');
  expect([portsOf('new'), portsOf('old')]).toEqual([[8080], []]);
  expect((await outcomeOf(simulated, 'shop')).status).toBe('unchanged');
});

it('a service takes the port that another one gives up, whichever comes first in the file', async () => {
  simulated.setProject('shop', { a: at(8080), b: at(8081), c: at(8082) });
  await deploy(simulated);
  simulated.setProject('shop', { a: at(8081), b: at(8082), c: at(8083), new: at(8080) });
  expect((await outcomeOf(simulated, 'shop')).status).toBe('deployed');
  expect(['a', 'b', 'c', 'new'].map(portsOf)).toEqual([[8081], [8082], [8083], [8080]]);
});

it('two services keep one number at two addresses, with both replaced', async () => {
  const shop = (level: string): Record<string, ComposeService> => ({
    adguard: { ...at(53, '192.168.1.2'), environment: { LEVEL: level } },
    unbound: { ...at(53, '127.0.0.1'), environment: { LEVEL: level } },
  });
  simulated.setProject('shop', shop('info'));
  await deploy(simulated);
  simulated.setProject('shop', shop('debug'));
  expect((await outcomeOf(simulated, 'shop')).status).toBe('deployed');
  expect(['adguard', 'unbound'].map(portsOf)).toEqual([[53], [53]]);
});
