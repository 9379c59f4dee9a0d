import path from 'node:path';

import type { ComposeService } from '@itsup/docker';

import { readDeployed } from '../state/deployed';
import { openState } from '../state/state';
import { actions, DB, deploy, facts, outcomeOf, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

/** As yesterday's artifact has it, and as today's. */
function services(shared: boolean): Record<string, ComposeService> {
  return { web: leaving(WEB, 'blog', shared), db: leaving(DB, 'blog', shared) };
}

function leaving(
  service: ComposeService,
  project: string,
  shared: boolean,
  edges: string[] = [],
): ComposeService {
  const labels = {
    'traefik.enable': 'true',
    'traefik.docker.network': shared ? 'proxynet' : `${project}_default`,
    'traefik.http.services.x.loadbalancer.server.port': '80',
  };
  const networks = ['default', ...(shared ? ['proxynet'] : []), ...edges];
  return { ...service, labels, networks: Object.fromEntries(networks.map((network) => [network, null])) };
}

const EDGE = 'asker--blog--db';

/** `asker` asks `blog:db` over the network that they share; then a line keeps that. */
function setAsker(shared: boolean): void {
  const place = { file: 'projects/asker/ingress.yml', line: 1, column: 1 };
  const egress = shared ? [] : [{ consumer: 'asker', provider: 'blog', service: 'db', place }];
  const edges = shared ? [] : [EDGE];
  const web = leaving(WEB, 'asker', shared, edges);
  simulated.setProject('asker', { web }, { egress, compose: facts('web') });
  simulated.setProject('blog', { db: leaving(DB, 'blog', shared) }, { compose: facts('db') });
}

async function deployShared(): Promise<void> {
  await simulated.engine.docker().createNetwork({ name: 'proxynet', subnet: '172.20.0.0/16' });
  setAsker(true);
  expect((await deploy(simulated)).outcomes.map(({ status }) => status)).toEqual(['deployed', 'deployed']);
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

test('who asks a service over proxynet has his edge before it leaves, and keeps it', async () => {
  await deployShared();
  const [asker] = simulated.engine.running('asker', 'web');
  setAsker(false);

  const blog = await outcomeOf(simulated, 'blog', { stacks: ['blog'] });
  expect(blog.problems).toEqual([]);
  expect(actions(blog)).toEqual({ db: 'move' });
  expect([...(asker?.networks.keys() ?? [])].sort()).toEqual([EDGE, 'asker_default', 'proxynet']);
  const [db] = simulated.engine.running('blog', 'db');
  expect(db?.networks.get(EDGE)?.aliases).toEqual(['db', 'blog-db']);
  expect([...(db?.networks.keys() ?? [])].sort()).toEqual([EDGE, 'blog_default']);
  const acts = simulated.engine.mutations.filter((act) => /^(connect|disconnect) /.test(act));
  expect(acts).toEqual([
    `connect blog-db-1 to ${EDGE}`,
    `connect asker-web-1 to ${EDGE}`,
    `disconnect ${db?.id} from proxynet`,
  ]);

  const both = await deploy(simulated);
  expect(both.outcomes.map(({ stack, status }) => [stack, status])).toEqual([
    ['blog', 'unchanged'],
    ['asker', 'deployed'],
  ]);
  const [after] = simulated.engine.running('asker', 'web');
  expect([...(after?.networks.keys() ?? [])].sort()).toEqual([EDGE, 'asker_default']);
  expect((await deploy(simulated)).outcomes.map(({ status }) => status)).toEqual(['unchanged', 'unchanged']);
});

test('an edge that was made before the line was taken back goes with the deploy of its consumer', async () => {
  await deployShared();
  setAsker(false);
  await outcomeOf(simulated, 'blog', { stacks: ['blog'] });
  simulated.setProject('asker', { web: leaving(WEB, 'asker', false) }, { compose: facts('web') });
  expect((await outcomeOf(simulated, 'asker')).problems).toEqual([]);
  expect(simulated.engine.networks.has(EDGE)).toBe(false);
  const [db] = simulated.engine.running('blog', 'db');
  expect([...(db?.networks.keys() ?? [])]).toEqual(['blog_default']);
});
