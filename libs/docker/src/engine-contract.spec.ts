import { engineContract } from './testing/contract/engine-contract';
import { SimulatedEngine } from './testing/simulated-engine';
import { VirtualClock } from './testing/virtual-clock';

describe('the simulated engine', () => {
  engineContract(async () => {
    const engine = new SimulatedEngine(new VirtualClock());
    for (const behaviour of ['healthy', 'unhealthy', 'exits', 'finishes'] as const)
      engine.addImage(`${behaviour}:1`, behaviour, behaviour);
    engine.addImage('other:1', 'other');
    return {
      docker: engine.docker(),
      prefix: 'contract-',
      service: (behaviour, checked = false) => ({
        image: `${behaviour}:1`,
        ...(checked && { healthcheck: { test: ['CMD', 'true'] } }),
      }),
      images: ['healthy:1', 'other:1'],
      port: 8080,
    };
  });
});
