import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import type { Problem } from '@itsup/config';
import { row } from '@itsup/routing/testing/build';

import { deploy, facts, WEB } from '../testing/deploy-simulated';
import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { downStacks } from '../commands/down/down-stacks';
import { PROXY_STACK } from '../requests';
import { planStacks } from '../commands/plan/plan-stacks';

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

function setSite(name: string, domain: string, pathPrefix: string | null = null): void {
  const place = { file: `projects/${name}/ingress.yml`, line: 3, column: 5 };
  simulated.setProject(
    name,
    { web: WEB },
    {
      ingressFile: `projects/${name}/ingress.yml`,
      ingress: [row({ place, domains: [domain], pathPrefix })],
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

  it('have no plan; both places are named, and the proxy and a third project are planned', async () => {
    simulated.setProxy({});
    const plan = await planStacks(simulated.context(), { workspace: simulated.workspace() });
    expect(plan.failed.map(({ stack, problems }) => [stack, toldOf(problems)])).toEqual([
      ['one', CONFLICT],
      ['two', CONFLICT],
    ]);
    expect(plan.stacks.map(({ stack }) => stack)).toEqual([PROXY_STACK, 'three']);
  });

  it('are not deployed; a third project is', async () => {
    const { outcomes } = await deploy(simulated, { stacks: ['one', 'two', 'three'] });
    const settled = outcomes.map(({ stack, status, problems }) => [stack, status, toldOf(problems)]);
    expect(settled.sort()).toEqual([
      ['one', 'failed', CONFLICT],
      ['three', 'deployed', []],
      ['two', 'failed', CONFLICT],
    ]);
    expect(simulated.engine.running('three', 'web')).toHaveLength(1);
    expect(simulated.engine.containers.size).toBe(1);
  });
});

/** `stack status codes` of a deploy of everything. */
async function statuses(stacks?: string[]): Promise<string[]> {
  const { outcomes } = await deploy(simulated, stacks ? { stacks } : {});
  return outcomes.map(({ stack, status, problems }) =>
    [stack, status, ...problems.map(({ code }) => code)].join(' '),
  );
}

describe('a claim that is deployed', () => {
  it('stands: the newer project fails alone, whichever is first by name', async () => {
    setSite('two', 'shop.example.com');
    setSite('three', 'other.example.com');
    expect(await statuses()).toEqual(['three deployed', 'two deployed']);
    setSite('one', 'shop.example.com');
    expect(await statuses()).toEqual(['one failed route-conflict', 'three unchanged', 'two unchanged']);
    const { outcomes } = await deploy(simulated, { stacks: ['one'] });
    expect(outcomes[0]?.problems[0]).toMatchObject({
      place: { file: 'projects/one/ingress.yml' },
      related: [{ place: { file: 'projects/two/ingress.yml' } }],
      help: expect.stringMatching(/two is deployed with it and stays$/),
    });
  });

  it('stands on a host that kept no record of claims yet', async () => {
    setSite('two', 'shop.example.com');
    await statuses();
    await rm(path.join(simulated.context().state.dir, 'claims.json'));
    setSite('one', 'shop.example.com');
    expect(await statuses()).toEqual(['one failed route-conflict', 'two unchanged']);
  });

  it('is not one that a deployed project only came to ask for', async () => {
    setSite('two', 'shop.example.com');
    setSite('one', 'one.example.com');
    await statuses();
    setSite('two', 'one.example.com');
    expect(await statuses()).toEqual(['one unchanged', 'two failed route-conflict']);
  });

  it('goes to another project once its own was deployed without it, and not before', async () => {
    setSite('one', 'shop.example.com');
    await statuses();
    setSite('one', 'elsewhere.example.com');
    setSite('two', 'shop.example.com');
    expect(await statuses(['two'])).toEqual(['two failed still-deployed']);
    expect(await statuses()).toEqual(['one unchanged', 'two deployed']);
  });

  it('stands as a path against who claims the whole domain, where consent is asked for', async () => {
    simulated.settings = { ...simulated.settings, isolation: 'strict' };
    setSite('one', 'shop.example.com', '/api');
    await statuses();
    setSite('two', 'shop.example.com');
    expect(await statuses()).toEqual(['one unchanged', 'two failed path-not-exported']);
  });

  it('ends with its project: what was taken down claims nothing', async () => {
    setSite('one', 'shop.example.com');
    await statuses();
    await downStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['one'] });
    setSite('two', 'shop.example.com');
    expect(await statuses()).toEqual(['one failed route-conflict', 'two failed route-conflict']);
    simulated.removeProject('one');
    expect(await statuses()).toEqual(['two deployed']);
  });
});

describe('a project that takes what others have', () => {
  const rule = { rule: 'HostRegexp(`.+`)', priority: 1_000_000_000, domains: [] };

  function setTaker(name: string): void {
    const place = { file: `projects/${name}/ingress.yml`, line: 3, column: 5 };
    simulated.setProject(
      name,
      { web: WEB },
      { ingressFile: place.file, ingress: [row({ place, ...rule })], compose: facts('web') },
    );
  }

  it('fails alone on an empty host', async () => {
    setTaker('evil');
    setSite('one', 'one.example.com');
    setSite('two', 'two.example.com');
    expect(await statuses()).toEqual(['evil failed route-taken', 'one deployed', 'two deployed']);
  });

  it('stands when it was there first: the newcomer would get nothing', async () => {
    setTaker('all');
    expect(await statuses()).toEqual(['all deployed']);
    setSite('one', 'one.example.com');
    expect(await statuses()).toEqual(['all unchanged', 'one failed route-taken']);
  });
});

describe('the port of a project that cannot be deployed', () => {
  it('stays open when the proxy is deployed', async () => {
    const place = { file: 'projects/db/ingress.yml', line: 2, column: 5 };
    const tcp = row({ place, router: 'tcp', hostport: 5432, port: 5432, proxyProtocol: null });
    const change = { ingressFile: place.file, ingress: [tcp], compose: facts('web') };
    simulated.setProject('db', { web: WEB }, change);
    simulated.setProxy({});
    await statuses([PROXY_STACK, 'db']);
    const file = path.join(simulated.context().state.traefikDir, 'traefik.yml');
    expect(await readFile(file, 'utf8')).toContain('tcp-5432');
    simulated.problems.push({ code: 'broken', severity: 'error', message: 'broken', project: 'db' });
    simulated.settings = { ...simulated.settings, trustedIps: ['10.0.0.1'] };
    await statuses([PROXY_STACK, 'db']);
    const text = await readFile(file, 'utf8');
    expect(text).toContain('10.0.0.1');
    expect(text).toContain('tcp-5432');
  });
});
