import path from 'node:path';

import type { ComposeService } from '@itsup/docker';

import { readDeployed } from '../state/deployed';
import { openState } from '../state/state';
import { actions, DB, outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

/** As yesterday's artifact has it, and as today's. */
function services(shared: boolean): Record<string, ComposeService> {
  const labels = {
    'traefik.enable': 'true',
    'traefik.docker.network': shared ? 'proxynet' : 'blog_default',
    'traefik.http.services.x.loadbalancer.server.port': '80',
  };
  const networks: Record<string, null> = shared ? { default: null, proxynet: null } : { default: null };
  return { web: { ...WEB, labels, networks }, db: { ...DB, labels, networks } };
}

test('a deploy takes services off the shared network: rolled, or moved; then nothing is left to do', async () => {
  await simulated.engine.docker().createNetwork({ name: 'proxynet', subnet: '172.20.0.0/16' });
  simulated.setProject('blog', services(true));
  expect((await outcomeOf(simulated, 'blog')).problems).toEqual([]);
  const [before] = simulated.engine.running('blog', 'db');

  simulated.setProject('blog', services(false));
  const outcome = await outcomeOf(simulated, 'blog');
  expect(outcome.problems).toEqual([]);
  expect(actions(outcome)).toEqual({ db: 'move', web: 'rollout' });
  expect(simulated.lines).toContainEqual(expect.stringContaining('db, web leave proxynet'));
  const [db] = simulated.engine.running('blog', 'db');
  expect(db?.id).toBe(before?.id);
  for (const name of ['db', 'web']) {
    for (const one of simulated.engine.running('blog', name)) {
      expect([...one.networks.keys()]).toEqual(['blog_default']);
    }
  }

  expect((await outcomeOf(simulated, 'blog')).status).toBe('unchanged');
  const record = await readDeployed(openState(path.join(simulated.root, 'state')), 'blog');
  expect(record?.services['db']?.containers).toMatchObject([{ id: before?.id, moved: true }]);
  expect(record?.services['web']?.containers[0]).not.toHaveProperty('moved');
});
