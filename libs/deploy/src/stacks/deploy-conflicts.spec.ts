import type { Problem } from '@itsup/config';
import { row } from '@itsup/routing/testing/build';

import { deploy, facts, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { PROXY_STACK } from './model';
import { planStacks } from './plan-stacks';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

function setSite(name: string, domain: string): void {
  const place = { file: `projects/${name}/ingress.yml`, line: 3, column: 5 };
  simulated.setProject(
    name,
    { web: WEB },
    {
      ingressFile: `projects/${name}/ingress.yml`,
      ingress: [row({ place, domains: [domain] })],
      compose: facts('web'),
    },
  );
}

/** Everyone who is told of the conflict, by both of its places. */
function toldOf(problems: readonly Problem[]): unknown[] {
  return problems.map(({ code, place, related }) => [
    code,
    place?.file,
    place?.line,
    ...(related ?? []).map((one) => [one.place.file, one.place.line]),
  ]);
}

const CONFLICT = [['route-conflict', 'projects/two/ingress.yml', 3, ['projects/one/ingress.yml', 3]]];

describe('two projects that claim the same host', () => {
  beforeEach(() => {
    setSite('one', 'shop.example.com');
    setSite('two', 'shop.example.com');
    setSite('three', 'other.example.com');
  });

  it('have no plan, nor has the proxy; both places are named, and a third project is planned', async () => {
    const plan = await planStacks(simulated.context(), { workspace: simulated.workspace() });
    expect(plan.failed.map(({ stack, problems }) => [stack, toldOf(problems)])).toEqual([
      [PROXY_STACK, CONFLICT],
      ['one', CONFLICT],
      ['two', CONFLICT],
    ]);
    expect(plan.stacks.map(({ stack }) => stack)).toEqual(['three']);
  });

  it('are not deployed, nor is the proxy; a third project is', async () => {
    const { outcomes } = await deploy(simulated, { stacks: [PROXY_STACK, 'one', 'two', 'three'] });
    const settled = outcomes.map(({ stack, status, problems }) => [stack, status, toldOf(problems)]);
    expect(settled.sort()).toEqual([
      ['one', 'failed', CONFLICT],
      [PROXY_STACK, 'failed', CONFLICT],
      ['three', 'deployed', []],
      ['two', 'failed', CONFLICT],
    ]);
    expect(simulated.engine.running('three', 'web')).toHaveLength(1);
    expect(simulated.engine.containers.size).toBe(1);
  });
});
