import { existsSync, readdirSync } from 'node:fs';
import { cp, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from './harness/repository';
import { createWorkspace, type TestWorkspace } from './harness/workspace/workspace';

const FIXTURES = join(REPOSITORY, 'e2e/fixtures/bad');
const COMPOSE = 'docker-compose.yml';
const INGRESS = 'ingress.yml';
const SOUND = 'services:\n  web:\n    image: busybox:stable\n';

/** By folder: where the message points, what it says is wrong, and what it says to do. */
const MISTAKES: Record<string, { at: string; fault: RegExp; cure: RegExp }> = {
  'not-yaml': { at: `${COMPOSE}:3:19`, fault: /invalid YAML/, cure: /closing "quote/ },
  'wrong-type': { at: `${INGRESS}:4:11`, fault: /`port` must be/, cure: /a number from 1 to 65535/ },
  'unknown-key': { at: `${INGRESS}:3:5`, fault: /unknown key `domian`/, cure: /did you mean `domain`\?/ },
  'empty-compose': { at: `${COMPOSE}:1:1`, fault: /says nothing/, cure: /Give it `services:`/ },
  'only-comments': { at: `${COMPOSE}:1:1`, fault: /says nothing/, cure: /Give it `services:`/ },
  'empty-service': { at: `${COMPOSE}:2:3`, fault: /service `web` says nothing/, cure: /Give it an `image`/ },
  'nothing-to-run': {
    at: `${COMPOSE}:2:3`,
    fault: /neither `image` nor `build`/,
    cure: /Say which image it runs/,
  },
  'missing-service': { at: `${INGRESS}:2:14`, fault: /has no service "wbe"/, cure: /did you mean web\?/ },
  'twice-the-key': { at: `${COMPOSE}:4:5`, fault: /`image` is given twice/, cure: /Keep one of the two/ },
  'alias-bomb': { at: `${COMPOSE}:6:12`, fault: /more than 100000 values/, cure: /write the values out/ },
  'five-megabytes': { at: `${COMPOSE}:1:1`, fault: /larger than 512 KiB/, cure: /split a file/ },
  'leaves-the-tree': {
    at: `${COMPOSE}:1:1`,
    fault: /leads out of the workspace/,
    cure: /Move the file into the workspace/,
  },
  Capitals: {
    at: `${COMPOSE}:1:1`,
    fault: /`Capitals` cannot be the name/,
    cure: /rename the folder to `capitals`/,
  },
};

describe('mistakes in a project', () => {
  let workspace: TestWorkspace;
  let outside: string;
  let log: string;
  let exitCode: number | undefined;

  beforeAll(async () => {
    workspace = await createWorkspace({ projects: ['website'] });
    await cp(FIXTURES, join(workspace.root, 'projects'), { recursive: true });
    await workspace.write(`projects/alias-bomb/${COMPOSE}`, aliasBomb());
    await workspace.write(`projects/five-megabytes/${COMPOSE}`, `${SOUND}# ${'x'.repeat(5_000_000)}\n`);
    outside = `${workspace.root}.outside.yml`;
    await writeFile(outside, SOUND);
    await symlink(outside, join(workspace.root, 'projects/leaves-the-tree', COMPOSE));
    ({ all: log, exitCode } = await workspace.nx(['run-many', '-t', 'validate', '--outputStyle=static']));
  });
  afterAll(async () => {
    await rm(outside, { force: true });
    await workspace.dispose();
  });

  it('are all of the fixtures', () => {
    expect(Object.keys(MISTAKES)).toEqual(expect.arrayContaining(readdirSync(FIXTURES)));
  });

  it('fail the run, and no project but their own', () => {
    // 1, or 130, which is Nx's for a run of which some tasks were left out.
    expect(exitCode).toBeGreaterThan(0);
    expect(messageOf(workspace.name('website'))).not.toContain('error:');
    expect(existsSync(join(workspace.root, 'upstream', workspace.name('website'), COMPOSE))).toBe(true);
  });

  describe.each(Object.entries(MISTAKES))('%s', (folder, { at, fault, cure }) => {
    it('is told with place and cure', () => {
      const message = messageOf(folder);
      expect(message).toContain(`projects/${folder}/${at}`);
      expect(message).toMatch(/error: /);
      expect(message).toMatch(fault);
      expect(message).toMatch(cure);
    });

    it('shows no stack trace, which is for our own mistakes', () => {
      expect(messageOf(folder)).not.toMatch(/^\s+at .+:\d+:\d+/m);
    });

    it('leaves nothing half-written', () => {
      expect(existsSync(join(workspace.root, 'upstream', folder))).toBe(false);
    });
  });

  /** What the tasks of a project printed. */
  function messageOf(project: string): string {
    const blocks = log.split(/^> nx run /m).filter((block) => block.startsWith(`${project}:`));
    return blocks.map((block) => block.split(/^ NX {3}/m)[0]).join('\n');
  }
});

/** Nine times nine times …: a few lines that are gigabytes when expanded. */
function aliasBomb(): string {
  const levels = Array.from({ length: 9 }, (_, level) => {
    const items = level === 0 ? '"x"' : `*a${level - 1}`;
    return `x-a${level}: &a${level} [${Array.from({ length: 9 }, () => items).join(', ')}]\n`;
  });
  return `${levels.join('')}${SOUND}`;
}
