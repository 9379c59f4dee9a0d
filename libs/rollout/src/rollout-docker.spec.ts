import { SimulatedEngine } from '@itsup/docker/testing/simulated-engine';
import { VirtualClock } from '@itsup/docker/testing/virtual-clock';
import type { ComposeModel } from '@itsup/docker';

import { rolloutDocker } from './rollout-docker';

it('lists those that run, whatever their labels say of Traefik: whoever asks judges that', async () => {
  const enabled = {
    usual: { 'traefik.enable': 'true' },
    short: { 'traefik.enable': '1' },
    shouted: { 'traefik.Enable': 'TRUE' },
    stopped: { 'traefik.enable': 'true' },
    off: { 'traefik.enable': 'false' },
    silent: {},
  };
  const model: ComposeModel = {
    name: 'shop',
    services: Object.fromEntries(
      Object.entries(enabled).map(([name, labels]) => [name, { image: 'web', labels, networks: {} }]),
    ),
    networks: {},
    volumes: {},
  };
  const engine = new SimulatedEngine(new VirtualClock(), { readModel: () => model });
  engine.addImage('web', 'web', 'healthy');
  const stack = { project: 'shop', files: [], cwd: '/', env: {} };
  for (const name of Object.keys(enabled)) {
    const container = engine.addReplica(stack, name, model, 1);
    if (name !== 'stopped') engine.start(container);
  }
  const listed = await rolloutDocker(engine.docker(), async () => undefined).listRunning();
  expect(listed.map(({ name }) => name).sort()).toEqual(
    ['off', 'short', 'shouted', 'silent', 'usual'].map((name) => `shop-${name}-1`),
  );
});
