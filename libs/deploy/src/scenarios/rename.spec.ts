import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { ComposeFacts } from '@itsup/config';
import type { ComposeService } from '@itsup/docker';

import { ingressRow, SimulatedWorkspace } from '../testing/simulated-workspace';
import { deployStacks } from '../commands/deploy/deploy-stacks';
import { downStacks } from '../commands/down/down-stacks';
import { planStacks } from '../commands/plan/plan-stacks';
import { formatStatus } from '../format/format-status';
import { prune } from '../commands/down/prune';
import { statusOf } from '../commands/status/status-of';

const WEB: ComposeService = { image: 'web:1', healthcheck: { test: ['CMD', 'true'] } };
const ROW = ingressRow({ router: 'tcp', hostport: 5432, port: 5432 });
const place = { file: 'docker-compose.yml', line: 1, column: 1 };

let simulated: SimulatedWorkspace;

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});

afterEach(() => simulated.dispose());

function facts(name: string | null): ComposeFacts {
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
  return { files: [], name, networks: [], binds: [], services: [service] };
}

function set(folder: string, composeName: string | null): void {
  simulated.setProject(folder, { web: WEB }, { compose: facts(composeName), ingress: [ROW] });
}

function deploy(change: { adopt?: boolean } = {}) {
  const workspace = simulated.workspace();
  return deployStacks(simulated.context(), { workspace, stacks: [...simulated.projects.keys()], ...change });
}

function plan() {
  return planStacks(simulated.context(), {
    workspace: simulated.workspace(),
    stacks: [...simulated.projects.keys()],
    adopt: true,
  });
}

function routers(): string {
  const file = path.join(simulated.root, 'state/traefik/dynamic/routers-tcp.yml');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

describe('a Compose project that gets another name', () => {
  beforeEach(async () => {
    set('blog', 'blog');
    await deploy();
    set('blog', 'journal');
  });

  it('is told what it leaves behind, and prune takes that down', async () => {
    const [planned] = (await plan()).stacks.filter(({ stack }) => stack === 'blog');
    expect(planned?.notes.join()).toMatch(/its Compose project is journal now: .* of blog stay/);
    expect((await deploy()).prunable).toEqual(['blog@blog']);
    expect(projectsThatRun()).toEqual(['blog', 'journal']);
    const pruned = await prune(simulated.context(), { workspace: simulated.workspace() });
    expect(pruned.outcomes).toMatchObject([{ stack: 'blog@blog', status: 'down' }]);
    expect(projectsThatRun()).toEqual(['journal']);
    expect((await deploy()).outcomes).toMatchObject([{ stack: 'blog', status: 'unchanged' }]);
  });

  it('does not take over what runs under the new name already', async () => {
    set('blog', 'blog');
    simulated.setProject('other', { web: WEB }, { compose: facts('journal') });
    await deploy();
    expect(projectsThatRun()).toEqual(['blog', 'journal']);
    simulated.removeProject('other');
    set('blog', 'journal');
    const { outcomes } = await deploy();
    expect(outcomes.find(({ stack }) => stack === 'blog')).toMatchObject({
      status: 'failed',
      problems: [{ code: 'foreign-stack' }],
    });
  });
});

function projectsThatRun(): string[] {
  return [...new Set([...simulated.engine.containers.values()].map(({ project }) => project))].sort();
}

describe('a folder that was renamed', () => {
  describe('under the same Compose project name', () => {
    beforeEach(async () => {
      set('blog', 'blog');
      await deploy();
      simulated.removeProject('blog');
      set('weblog', 'blog');
    });

    it('is refused with the name that it was deployed by, until it is adopted', async () => {
      const { outcomes } = await deploy();
      expect(outcomes[0]?.problems).toMatchObject([
        {
          code: 'foreign-stack',
          message:
            'containers of the Compose project blog run already, deployed as blog, whose folder is gone',
          help: 'if it was renamed to weblog, take them over with --adopt; else give the project another name',
        },
      ]);
    });

    it('loses nothing to a prune before its deploy', async () => {
      const before = simulated.engine.running('blog', 'web');
      const workspace = simulated.workspace();
      const summary = await prune(simulated.context(), { workspace, volumes: true });
      expect(summary.outcomes).toMatchObject([
        {
          stack: 'blog',
          status: 'skipped',
          problems: [
            { code: 'not-taken-over', help: 'run: itsup deploy weblog --adopt, and then itsup prune' },
          ],
        },
      ]);
      expect(summary.prunable).toEqual(['blog']);
      expect(simulated.engine.running('blog', 'web')).toEqual(before);
      expect(routers()).toContain('blog-web-5432');
    });

    it('loses nothing to a prune after its deploy, which forgets the old name', async () => {
      expect((await deploy({ adopt: true })).outcomes[0]?.status).toBe('deployed');
      const before = simulated.engine.running('blog', 'web');
      expect(before).toHaveLength(1);
      const workspace = simulated.workspace();
      const summary = await prune(simulated.context(), { workspace, volumes: true });
      expect(summary.outcomes).toMatchObject([
        {
          stack: 'blog',
          status: 'down',
          problems: [],
          plan: {
            services: [],
            operations: [{ kind: 'drop-routes' }, { kind: 'forget' }],
            notes: ['its Compose project blog is that of weblog: only its record goes'],
          },
        },
      ]);
      expect(summary.prunable).toEqual([]);
      expect(simulated.engine.running('blog', 'web')).toEqual(before);
      expect(existsSync(path.join(simulated.root, 'state/stacks/blog/deployed.json'))).toBe(false);
      expect(routers()).toContain('weblog-web-5432');
      expect((await deploy()).outcomes).toMatchObject([{ status: 'unchanged' }]);
    });

    it('has a status that names the new folder for the old one', async () => {
      await deploy({ adopt: true });
      const workspace = simulated.workspace();
      const statuses = await statusOf(simulated.context(), { workspace, stacks: ['blog', 'weblog'] });
      expect(statuses).toMatchObject([
        { stack: 'blog', services: [], successor: 'weblog' },
        { stack: 'weblog', state: 'running', successor: null },
      ]);
      expect(formatStatus(statuses, simulated.clock.now())).toContain(
        'its Compose project is that of weblog by now; itsup prune forgets it',
      );
    });

    it('loses nothing to a down of the old name', async () => {
      await deploy({ adopt: true });
      await downStacks(simulated.context(), { workspace: simulated.workspace(), stacks: ['blog'] });
      expect(simulated.engine.running('blog', 'web')).toHaveLength(1);
    });

    it('says in the plan whose containers it takes over', async () => {
      const { stacks, prunable } = await plan();
      expect(prunable).toEqual(['blog']);
      expect(stacks[0]?.notes).toEqual([
        'takes over the Compose project blog of blog, whose folder is gone; itsup prune forgets blog',
      ]);
    });

    it('leaves no route of the old name that claims the same', async () => {
      expect(routers()).toContain('blog-web-5432');
      await deploy({ adopt: true });
      expect(routers()).toContain('weblog-web-5432');
      expect(routers()).not.toMatch(/^ +blog-web/m);
    });
  });

  describe('and so gets another Compose project name', () => {
    beforeEach(async () => {
      set('blog', null);
      await deploy();
      simulated.removeProject('blog');
      set('weblog', null);
    });

    it('is deployed beside the old one, which is listed and pruned', async () => {
      expect((await plan()).prunable).toEqual(['blog']);
      const { outcomes, prunable } = await deploy();
      expect(outcomes).toMatchObject([{ stack: 'weblog', status: 'deployed', problems: [] }]);
      expect(prunable).toEqual(['blog']);
      expect(simulated.engine.running('blog', 'web')).toHaveLength(1);
      await prune(simulated.context(), { workspace: simulated.workspace() });
      expect(simulated.engine.running('blog', 'web')).toEqual([]);
      expect(simulated.engine.running('weblog', 'web')).toHaveLength(1);
      expect(routers()).toContain('weblog-web-5432');
    });

    it('takes the host port over from the old one with its deploy', async () => {
      await deploy();
      expect(routers()).toContain('weblog-web-5432');
      expect(routers()).not.toMatch(/^ +blog-web/m);
    });
  });
});
