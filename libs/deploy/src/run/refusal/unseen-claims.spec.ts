import type { ComposeService } from '@itsup/docker';
import { row } from '@itsup/routing/testing/build';

import { deploy, facts, outcomeOf, WEB } from '../../testing/deploy-simulated';
import { SimulatedWorkspace } from '../../testing/simulated-workspace';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProject(
    'victim',
    { web: WEB },
    {
      ingressFile: 'projects/victim/ingress.yml',
      ingress: [
        row({ place: { file: 'projects/victim/ingress.yml', line: 3, column: 5 }, domains: ['victim.org'] }),
      ],
      compose: facts('web'),
    },
  );
  await deploy(simulated, { stacks: ['victim'] });
});

afterEach(() => simulated.dispose());

/** Deploys a project whose files say nothing of this, and whose model in Compose does. */
function hidden(change: Partial<ComposeService>) {
  simulated.setProject('evil', { web: { ...WEB, ...change } }, { compose: facts('web') });
  return outcomeOf(simulated, 'evil', { stacks: ['evil'] });
}

const labels = (rule: string): Record<string, string> => ({
  'traefik.enable': 'true',
  'traefik.http.routers.steal.rule': rule,
  'traefik.http.routers.steal.tls': 'true',
});

describe('what Compose alone knows of a project', () => {
  it('takes no domain of another project', async () => {
    const { status, problems } = await hidden({ labels: labels('Host(`victim.org`)') });
    expect(status).toBe('failed');
    expect(problems.map(({ code }) => code)).toContain('route-conflict');
  });

  it('leads to no service of Traefik’s own', async () => {
    const own = { ...labels('Host(`evil.org`)'), 'traefik.http.routers.steal.service': 'api@internal' };
    expect((await hidden({ labels: own })).problems.map(({ code }) => code)).toContain('internal-reference');
  });

  it('takes no name of a container', async () => {
    const { problems } = await hidden({ container_name: 'victim-web-2' });
    expect(problems.map(({ code }) => code)).toContain('container-name-taken');
  });

  it('is fine where it is nobody else’s', async () => {
    expect((await hidden({ labels: labels('Host(`evil.org`) && !Path(`/$$`)') })).status).toBe('deployed');
    expect((await outcomeOf(simulated, 'victim', { stacks: ['victim'] })).status).toBe('unchanged');
  });
});
