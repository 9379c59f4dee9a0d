import type { Problem } from '@itsup/config';
import { row, service } from '@itsup/routing/testing/build';

import { deploy, facts, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { planStacks } from '../commands/plan/plan-stacks';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProxy({});
  const place = (name: string, line: number) => ({ file: `projects/${name}/ingress.yml`, line, column: 5 });
  simulated.setProject(
    'shop',
    { web: WEB },
    { ingress: [row({ place: place('shop', 2), domains: ['shop.example.com'] })], compose: facts('web') },
  );
  // A guest below the domain of another project, with a way to its service and with the engine's socket.
  const mounts = [{ source: '/var/run/docker.sock', place: place('panel', 9) }];
  simulated.setProject(
    'panel',
    { web: WEB },
    {
      ingress: [row({ place: place('panel', 2), domains: ['shop.example.com'], pathPrefix: '/panel' })],
      egress: [{ consumer: 'panel', provider: 'shop', service: 'web', place: place('panel', 5) }],
      compose: { ...facts('web'), services: [service('web', { mounts })] },
    },
  );
});

afterEach(() => simulated.dispose());

const NOTES = ['egress-without-consent', 'mounts-engine', 'path-below-domain'];

/** Of what concerns projects: that this engine has no Traefik to try files in is told as well. */
const codesOf = (problems: readonly Problem[]) =>
  problems.flatMap(({ code }) => (code === 'traefik-files-not-tried' ? [] : code)).sort();

describe('what a project has of others and of the host', () => {
  it('is told once by the plan, at its line and with the cure', async () => {
    const plan = await planStacks(simulated.context(), { workspace: simulated.workspace() });
    expect(codesOf(plan.problems)).toEqual(NOTES);
    const own = plan.problems.filter(({ code }) => NOTES.includes(code));
    for (const { place, help, project, severity } of own) {
      expect({ project, severity }).toEqual({ project: 'panel', severity: 'note' });
      expect(place?.file).toBe('projects/panel/ingress.yml');
      expect(help).toBeTruthy();
    }
  });

  it('is told once by a deploy, also when nothing changes', async () => {
    expect(codesOf((await deploy(simulated)).problems)).toEqual(NOTES);
    expect(codesOf((await deploy(simulated)).problems)).toEqual(NOTES);
  });

  it('is told with the stack that it is about, and with no other one', async () => {
    const workspace = simulated.workspace();
    const of = async (stack: string) =>
      codesOf((await planStacks(simulated.context(), { workspace, stacks: [stack] })).problems);
    expect(await of('panel')).toEqual(NOTES);
    expect(await of('shop')).toEqual([]);
  });
});

it('leaves to a failed stack what it fails with', async () => {
  const twin = { file: 'projects/twin/ingress.yml', line: 2, column: 5 };
  simulated.setProject(
    'twin',
    { web: WEB },
    { ingress: [row({ place: twin, domains: ['shop.example.com'] })], compose: facts('web') },
  );
  const workspace = simulated.workspace();
  const both = await planStacks(simulated.context(), { workspace });
  expect(both.failed.map(({ stack }) => stack)).toEqual(['shop', 'twin']);
  expect(codesOf(both.problems)).not.toContain('route-conflict');
  const neither = await planStacks(simulated.context(), { workspace, stacks: ['panel'] });
  expect(codesOf(neither.problems)).toContain('route-conflict');
});
