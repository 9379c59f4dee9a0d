import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

import { DockerError } from '@itsup/docker';

import { isEmpty } from '../provider/provided-configuration';
import { containerFacts } from '../testing/container-facts';
import { rolloutContextOf, rolloutEngine } from '../testing/rollout-context';
import type { ContainerFacts, DynamicConfiguration, ProxyAccess, RolloutContext } from '../types';
import { pinFileName } from './pin-names';
import { Session } from './session';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'session-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const subject = { project: 'shop', composeProject: 'shop', service: 'web' };

function routed(owner: [project: string, service: string], labels: Record<string, string>): ContainerFacts {
  const [project, service] = owner;
  return containerFacts({
    id: owner.join(' '),
    labels: {
      'traefik.enable': 'true',
      'com.docker.compose.project': project,
      'com.docker.compose.service': service,
      [`traefik.http.routers.${service}.rule`]: `Host(\`${service}.test\`)`,
      [`traefik.http.services.${service}.loadbalancer.server.port`]: '80',
      ...labels,
    },
  });
}

const web = routed(['shop', 'web'], {
  'traefik.http.middlewares.login.forwardauth.address': 'https://web.test/verify',
});
const passes = (service: string): Record<string, string> => ({
  [`traefik.http.routers.${service}.middlewares`]: 'login@docker',
});

function contextOf(
  listRunning: () => Promise<ContainerFacts[]>,
  knowsTypes?: boolean,
  staticConfiguration: ProxyAccess['staticConfiguration'] = {},
): RolloutContext {
  return rolloutContextOf({
    docker: rolloutEngine({ listRunning }),
    proxy: {
      dynamicFolder: folder,
      apis: async () => [],
      apiSecret: null,
      staticConfiguration,
      ...(knowsTypes !== undefined && { knowsTypes }),
    },
  });
}

/** The routers of the pin that is written, sorted. */
function pinned(): string[] {
  const text = readFileSync(join(folder, pinFileName('shop', 'web')), 'utf8');
  const { http } = parse(text) as DynamicConfiguration;
  return Object.keys(http?.routers ?? {}).sort();
}

const own = 'web~shop~web~rollout';

describe('Session', () => {
  it('takes routers along that need what the labels define: of other services and projects, not its own', async () => {
    const listed = [
      web,
      // Of the same service, with labels of another version.
      routed(['shop', 'web'], { 'traefik.http.routers.older.rule': 'Host(`old.test`)', ...passes('older') }),
      routed(['shop', 'api'], passes('api')),
      routed(['blog', 'web'], { 'traefik.http.routers.blog.rule': 'Host(`blog.test`)', ...passes('blog') }),
      routed(['blog', 'plain'], {}),
    ];
    await new Session(
      contextOf(async () => listed, true),
      subject,
    ).repin([web]);
    expect(pinned()).toEqual(['api~docker~shop~web~rollout', 'blog~docker~shop~web~rollout', own].sort());
  });

  it.each([undefined, false])(
    'touches nothing of others where the types are not known: %j',
    async (knows) => {
      // The engine refuses to be asked.
      const refuse = (): Promise<never> => Promise.reject(new Error('nobody was to ask'));
      await new Session(contextOf(refuse, knows), subject).repin([web]);
      expect(pinned()).toEqual([own]);
    },
  );

  it('asks for them once, and again where the engine did not answer', async () => {
    let asked = 0;
    const listing = async (): Promise<ContainerFacts[]> => {
      asked += 1;
      if (asked === 1) throw new Error('no answer');
      return [routed(['shop', 'api'], passes('api'))];
    };
    const session = new Session(contextOf(listing, true), subject);
    await expect(session.repin([web])).rejects.toThrow('no answer');
    await session.repin([web]);
    expect(pinned()).toContain('api~docker~shop~web~rollout');
    await session.with(new AbortController().signal).repin([web]);
    expect(asked).toBe(2);
  });

  it('waits for the engine by the signal of whoever asks', async () => {
    const interrupt = new AbortController();
    let asked = 0;
    const listing = async (): Promise<ContainerFacts[]> => {
      asked += 1;
      if (asked < 3) throw new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'gone' });
      return [routed(['shop', 'api'], passes('api'))];
    };
    const session = new Session(contextOf(listing, true), subject, interrupt.signal);
    interrupt.abort();
    await session.with(new AbortController().signal).repin([web]);
    expect(pinned()).toContain('api~docker~shop~web~rollout');
  });

  it.each([
    ['docker', { docker: { exposedByDefault: true } }, true],
    ['a label is read in any case', { docker: { EXPOSEDBYDEFAULT: 'true' } }, true],
    ['a swarm', { swarm: { exposedByDefault: true } }, true],
    ['another provider', { swarm: { exposedByDefault: false }, docker: { exposedByDefault: true } }, false],
    ['not exposed', { docker: { exposedByDefault: false } }, false],
  ])('pins what the operator lets Traefik read without a label: %s', async (_, providers, expected) => {
    const silent = ({ labels: { 'traefik.enable': _enable, ...labels }, ...rest }: ContainerFacts) => ({
      ...rest,
      labels,
    });
    const others = [
      routed(['shop', 'api'], passes('api')),
      containerFacts({ labels: {}, exposedPorts: [5432] }),
    ];
    const context = contextOf(async () => others.map(silent), true, { providers });
    const session = new Session(context, subject);
    expect(isEmpty(session.provided(others.slice(1).map(silent)))).toBe(true);
    await session.repin([silent(web)]);
    if (expected) expect(pinned()).toEqual(['api~docker~shop~web~rollout', own].sort());
    else expect(pinned).toThrow('ENOENT');
  });

  it('copies no label that Traefik reads from files alone: it would take a router from another project', async () => {
    const parent = { 'traefik.http.routers.web.parentrefs': 'bank@docker' };
    const child = { ...web, labels: { ...web.labels, ...parent } };
    await new Session(
      contextOf(async () => [], true),
      subject,
    ).repin([child]);
    expect(pinned()).toEqual([own]);
    expect(readFileSync(join(folder, pinFileName('shop', 'web')), 'utf8')).not.toMatch(/parentrefs/i);
  });

  it('leads published routes of a swarm as it does those of a host', async () => {
    const published = { http: { routers: { wide: { rule: 'Host(`w.test`)', service: 'web@swarm' } } } };
    writeFileSync(join(folder, 'routers-http.yml'), stringify(published));
    const context = contextOf(async () => [], true, { providers: { swarm: { network: 'shop_proxy' } } });
    await new Session(context, subject).repin([web]);
    expect(pinned()).toEqual([own, 'wide'].sort());
  });
});
