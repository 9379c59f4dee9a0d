import { readFile } from 'node:fs/promises';
import path from 'node:path';

import type { IngressRow } from '@itsup/config';
import type { ComposeService } from '@itsup/docker';

import { SimulatedWorkspace } from '../../testing/simulated-workspace';
import { deployStacks } from './deploy-stacks';
import { planStacks } from '../plan/plan-stacks';

const HEALTHCHECK = { test: ['CMD', 'true'] };
const LIMIT = { rateLimit: { average: 10 } };

const ROW: Partial<IngressRow> = { domains: ['router.test'], port: 80 };

let simulated: SimulatedWorkspace;

/** A service whose labels name a middleware of the proxy's. */
function routed(middleware: string, image = 'web:1'): ComposeService {
  const labels = { 'traefik.enable': 'true', 'traefik.http.routers.blog.middlewares': `${middleware}@file` };
  return { image, healthcheck: HEALTHCHECK, labels };
}

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
  simulated.setProxy({ dns: { image: 'dns:1', healthcheck: HEALTHCHECK } });
  simulated.engine.addImage('dns:1', 'dns');
  simulated.setMiddlewares({ 'few-requests': LIMIT });
  simulated.setProject('blog', { web: routed('few-requests') });
  await deploy();
});

afterEach(() => simulated.dispose());

function deploy(stacks?: string[], hook?: (moment: string, step: string) => Promise<void>, change = {}) {
  const workspace = simulated.workspace();
  return deployStacks(simulated.context(change), { workspace, ...(stacks && { stacks }) }, hook);
}

async function routers(): Promise<string> {
  return readFile(path.join(simulated.root, 'state/traefik/dynamic/routers-http.yml'), 'utf8');
}

async function middlewares(): Promise<string> {
  return readFile(path.join(simulated.root, 'state/traefik/dynamic/middlewares.yml'), 'utf8');
}

describe('a middleware that is renamed', () => {
  beforeEach(() => {
    simulated.setMiddlewares({ fewer: LIMIT });
    simulated.setProject('blog', { web: routed('fewer') });
  });

  it('is there under both names until no running container names the old one', async () => {
    const seen: boolean[] = [];
    const { outcomes } = await deploy(undefined, async (moment) => {
      if (moment !== 'after') return;
      const names = simulated.engine
        .running('blog', 'web')
        .flatMap((one) => Object.values(one.definition.labels).filter((value) => value.endsWith('@file')));
      const text = await middlewares();
      seen.push(names.every((name) => text.includes(`${name.replace('@file', '')}:`)));
    });
    expect(outcomes.map(({ status }) => status)).not.toContain('failed');
    expect(seen).not.toContain(false);
    expect(await middlewares()).not.toContain('few-requests:');
  });

  it('stays when the proxy alone is deployed, and the operator is told who needs it', async () => {
    await deploy(['proxy']);
    expect(await middlewares()).toMatch(/^ {4}few-requests:[\s\S]*fewer:/m);
    expect(simulated.lines).toContain(
      'proxy: note: middleware few-requests stays, because blog still uses it; run: itsup deploy blog proxy',
    );
    expect((await deploy(['proxy'])).outcomes).toMatchObject([{ status: 'unchanged' }]);
    const { stacks } = await planStacks(simulated.context(), { workspace: simulated.workspace() });
    expect(stacks.find(({ stack }) => stack === 'proxy')?.notes).toEqual([
      'middleware few-requests stays, because blog still uses it',
    ]);
    await deploy(['blog']);
    expect(await middlewares()).toContain('few-requests:');
    await deploy(['proxy']);
    expect(await middlewares()).not.toContain('few-requests:');
  });

  it('stays when the stack that uses it fails', async () => {
    simulated.engine.addImage('web:2', 'two', 'unhealthy');
    simulated.setProject('blog', { web: routed('fewer', 'web:2') });
    const { outcomes } = await deploy();
    expect(outcomes.map(({ status }) => status)).toContain('failed');
    expect(await middlewares()).toContain('few-requests:');
  });

  it('stays after an interrupt', async () => {
    const interrupt = new AbortController();
    await deploy(
      undefined,
      async (moment, step) => {
        if (moment === 'before' && step === 'wait-healthy') interrupt.abort(new Error('interrupted'));
      },
      { signal: interrupt.signal },
    );
    expect(await middlewares()).toContain('few-requests:');
    await deploy();
    expect(await middlewares()).not.toContain('few-requests:');
  });
});

it('changes the content of a middleware in place, with the proxy', async () => {
  simulated.setMiddlewares({ 'few-requests': { rateLimit: { average: 20 } } });
  await deploy(['proxy']);
  expect(await middlewares()).toContain('average: 20');
});

it('takes a middleware away that nobody uses, and says so in the plan before', async () => {
  simulated.setProject('blog', { web: { image: 'web:1', healthcheck: HEALTHCHECK } });
  await deploy();
  simulated.setMiddlewares({});
  const { stacks } = await planStacks(simulated.context(), { workspace: simulated.workspace() });
  expect(stacks.find(({ stack }) => stack === 'proxy')).toMatchObject({
    unchanged: false,
    files: [{ path: 'traefik/dynamic/middlewares.yml', action: 'update' }],
  });
  await deploy(['proxy']);
  expect(await middlewares()).not.toContain('few-requests:');
});

it('keeps the routes of an external host whose files have errors', async () => {
  simulated.setExternal('router', [ROW]);
  await deploy();
  expect(await routers()).toContain('router.test');
  const broken = { code: 'unknown-key', severity: 'error' as const, message: 'broken', project: 'router' };
  simulated.problems.push(broken);
  simulated.setExternal('router', []);
  await deploy();
  expect(await routers()).toContain('router.test');
  simulated.problems.pop();
  await deploy(['proxy']);
  expect(await routers()).not.toContain('router.test');
});
