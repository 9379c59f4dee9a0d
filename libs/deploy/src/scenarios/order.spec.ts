import type { ComposeFacts } from '@itsup/config';
import type { ComposeService } from '@itsup/docker';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { downStacks } from '../commands/down/down-stacks';

const WEB: ComposeService = { image: 'web:1', healthcheck: { test: ['CMD', 'true'] } };
const place = { file: 'ingress.yml', line: 1, column: 1 };
const edge = (consumer: string, provider: string) => ({ consumer, provider, service: 'web', place });

let simulated: SimulatedWorkspace;

function facts(): ComposeFacts {
  const service = {
    name: 'web',
    place,
    networks: null,
    networkMode: null,
    labels: {},
    hasDns: false,
    hasHealthcheck: true,
    image: 'web:1',
    hasBuild: false,
    containerName: null,
    profiles: [],
    publishedPorts: [],
  };
  return { files: [], name: null, networks: [], binds: [], services: [service] };
}

/** By name the order would be the other way round: `a` needs `b`, which needs `z`. */
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProxy({ dns: { image: 'dns:1', healthcheck: { test: ['CMD', 'true'] } } });
  simulated.setProject('z', { web: WEB }, { compose: facts() });
  simulated.setProject('b', { web: WEB }, { compose: facts(), egress: [edge('b', 'z')] });
  simulated.setProject('a', { web: WEB }, { compose: facts(), egress: [edge('a', 'b')] });
});

afterEach(() => simulated.dispose());

/** Containers in the order in which the engine was told to do it with them. */
function done(verb: string): string[] {
  return simulated.engine.mutations
    .filter((mutation) => mutation.startsWith(`${verb} `) && !mutation.includes('network'))
    .map((mutation) => mutation.slice(verb.length + 1));
}

describe('a run over everything', () => {
  it('starts the proxy first, and each provider before its consumer, on the engine itself', async () => {
    const ended: string[] = [];
    const { outcomes } = await deployStacks(simulated.context(), {
      workspace: simulated.workspace(),
      stacks: ['a', 'b', 'z', 'proxy'],
      onOutcome: ({ stack }) => ended.push(stack),
    });
    expect(outcomes.map(({ problems }) => problems)).toEqual([[], [], [], []]);
    expect(ended).toEqual(['proxy', 'z', 'b', 'a']);
    expect(done('start')).toEqual(['proxy-dns-1', 'z-web-1', 'b-web-1', 'a-web-1']);
  });

  it('takes consumers down before their providers', async () => {
    const workspace = simulated.workspace();
    await deployStacks(simulated.context(), { workspace });
    await downStacks(simulated.context(), { workspace, stacks: ['z', 'b', 'a'] });
    expect(done('stop')).toEqual(['a-web-1', 'b-web-1', 'z-web-1']);
  });

  it('starts the first by name of a circle without waiting for whom it needs', async () => {
    simulated.setProject('z', { web: WEB }, { compose: facts(), egress: [edge('z', 'a')] });
    const { outcomes } = await deployStacks(simulated.context(), { workspace: simulated.workspace() });
    expect(outcomes.map(({ status }) => status)).toEqual(['deployed', 'deployed', 'deployed', 'deployed']);
    expect(done('start')).toEqual(['proxy-dns-1', 'a-web-1', 'z-web-1', 'b-web-1']);
  });

  it('goes on without the proxy when it fails, and without the consumers of a provider that fails', async () => {
    simulated.engine.addImage('dns:1', 'broken', 'unhealthy');
    simulated.engine.addImage('web:bad', 'bad', 'exits');
    simulated.setProject(
      'b',
      { web: { ...WEB, image: 'web:bad' } },
      { compose: facts(), egress: [edge('b', 'z')] },
    );
    const { outcomes } = await deployStacks(simulated.context(), { workspace: simulated.workspace() });
    expect(Object.fromEntries(outcomes.map(({ stack, status }) => [stack, status]))).toEqual({
      proxy: 'failed',
      z: 'deployed',
      b: 'failed',
      a: 'skipped',
    });
  });
});
