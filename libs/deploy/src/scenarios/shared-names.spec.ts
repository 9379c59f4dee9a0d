import type { Project, ServiceFacts, VolumeFacts } from '@itsup/config';
import type { ComposeModel, ComposeService } from '@itsup/docker';

import { deploy, facts, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

const place = { file: 'docker-compose.yml', line: 1, column: 1 };

async function statuses(stacks?: string[]): Promise<string[]> {
  const { outcomes } = await deploy(simulated, stacks === undefined ? {} : { stacks });
  return outcomes.map(({ stack, status, problems }) =>
    [stack, status, ...problems.map(({ code }) => code)].join(' '),
  );
}

function change(of: ReturnType<typeof facts>, service: Partial<ServiceFacts>): Partial<Project> {
  return { compose: { ...of, services: of.services.map((one) => ({ ...one, ...service })) } };
}

function run(name: string, image: string, service: Partial<ComposeService> = {}): void {
  const hasBuild = service.build !== undefined;
  simulated.setProject(
    name,
    { web: { ...WEB, image, ...service } },
    change(facts('web'), { image, hasBuild }),
  );
}

function mount(name: string, volumes: Record<string, Omit<VolumeFacts, 'place'>>): void {
  const volumeKeys = Object.keys(volumes);
  const mounts = volumeKeys.map((key) => ({ type: 'volume' as const, source: key, target: `/${key}` }));
  const { compose } = change(facts('web'), { volumeKeys });
  if (!compose) throw new Error('no Compose file');
  const volumeFacts = Object.fromEntries(
    Object.entries(volumes).map(([key, one]) => [key, { ...one, place }]),
  );
  simulated.setProject(name, { web: { ...WEB, volumes: mounts } }, { compose: { ...compose, volumeFacts } });
}

const strict = (): void => {
  simulated.settings = { ...simulated.settings, isolation: 'strict' };
};

describe('an image that several run', () => {
  it('is not built by a newcomer where isolation is strict, and all others are deployed', async () => {
    strict();
    run('a', 'postgres:16');
    run('b', 'postgres:16');
    expect(await statuses()).toEqual(['a deployed', 'b deployed']);
    run('c', 'postgres:16', { build: { context: '.' } });
    expect(await statuses()).toEqual(['a unchanged', 'b unchanged', 'c failed image-conflict']);
  });

  it('is not taken from who builds it by a project that comes to run it', async () => {
    strict();
    run('a', 'own:1', { build: { context: '.' } });
    run('b', 'postgres:16');
    await statuses();
    run('b', 'own:1');
    expect(await statuses()).toEqual(['a unchanged', 'b failed image-conflict']);
  });

  it('may be run by one project while another one is about to run a newer one', async () => {
    run('a', 'postgres:16');
    await statuses();
    run('a', 'postgres:17');
    run('b', 'postgres:16');
    expect(await statuses(['b'])).toEqual(['b deployed']);
  });
});

describe('a volume that several mount', () => {
  it('is not made by a newcomer where isolation is strict, and all others are deployed', async () => {
    strict();
    const external = { media: { name: null, external: true } };
    mount('a', external);
    mount('b', external);
    expect(await statuses()).toEqual(['a deployed', 'b deployed']);
    mount('evil', { x: { name: 'media', external: false } });
    expect(await statuses()).toEqual(['a unchanged', 'b unchanged', 'evil failed volume-conflict']);
  });

  it('is not mounted by a newcomer where isolation is strict', async () => {
    strict();
    mount('z', { data: { name: null, external: false } });
    await statuses();
    mount('evil', { x: { name: 'z_data', external: true } });
    expect(await statuses()).toEqual(['evil failed volume-conflict', 'z unchanged']);
  });
});

describe('what Compose alone knows of names', () => {
  const hidden = (web: Partial<ComposeService>, volumes: ComposeModel['volumes'] = {}): void => {
    simulated.setProject('evil', { web: { ...WEB, ...web } }, { compose: facts('web') });
    simulated.setVolumes('evil', volumes);
  };

  it('is no image of the proxy’s that is built', async () => {
    hidden({ image: 'traefik:v3', build: { context: '.' } });
    expect(await statuses()).toEqual(['evil failed image-conflict']);
    hidden({ image: 'own:1', build: { context: '.', tags: ['docker.io/library/traefik:v3'] } });
    expect(await statuses()).toEqual(['evil failed image-conflict']);
  });

  it('is no volume of another project where isolation is strict', async () => {
    strict();
    mount('z', { data: { name: null, external: false } });
    await statuses();
    hidden(
      { volumes: [{ type: 'volume', source: 'x', target: '/x' }] },
      { x: { name: 'z_data', external: true } },
    );
    expect(await statuses()).toEqual(['evil failed volume-conflict', 'z unchanged']);
  });
});
