import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { createWorkspace, type TestWorkspace } from './harness/workspace';

const COMPOSE = 'docker-compose.yml';
const INGRESS = 'ingress.yml';
const SOUND = 'services:\n  web:\n    image: busybox:stable\n';

/** By folder: the files, where the message points (nowhere: the fault has no line), and what it says. */
const MISTAKES: Record<string, { files: Record<string, string>; at: string; says: RegExp }> = {
  'not-yaml': {
    files: { [COMPOSE]: 'services:\n  web:\n    image: "busybox\n' },
    at: `${COMPOSE}:`,
    says: /quote/i,
  },
  'wrong-type': {
    files: {
      [COMPOSE]: SOUND,
      [INGRESS]: 'ingress:\n  - service: web\n    domain: a.localhost\n    port: eighty\n',
    },
    at: `${INGRESS}:4:11`,
    says: /port/,
  },
  'unknown-key': {
    files: { [COMPOSE]: SOUND, [INGRESS]: 'ingress:\n  - service: web\n    domian: a.localhost\n' },
    at: `${INGRESS}:3:5`,
    says: /did you mean `?domain/i,
  },
  'empty-compose': { files: { [COMPOSE]: '' }, at: COMPOSE, says: /services/ },
  'only-comments': { files: { [COMPOSE]: '# services:\n' }, at: COMPOSE, says: /services/ },
  'empty-service': { files: { [COMPOSE]: 'services:\n  web:\n' }, at: `${COMPOSE}:2`, says: /web/ },
  'nothing-to-run': {
    files: { [COMPOSE]: 'services:\n  web:\n    command: ls\n' },
    at: '',
    says: /image|build/,
  },
  'missing-service': {
    files: { [COMPOSE]: SOUND, [INGRESS]: 'ingress:\n  - service: wbe\n    domain: b.localhost\n' },
    at: `${INGRESS}:2:14`,
    says: /did you mean `?web/i,
  },
  'twice-the-key': {
    files: { [COMPOSE]: 'services:\n  web:\n    image: a\n    image: b\n' },
    at: `${COMPOSE}:4`,
    says: /image|unique|twice/i,
  },
  'alias-bomb': { files: { [COMPOSE]: aliasBomb() }, at: COMPOSE, says: /alias/i },
  'five-megabytes': {
    files: { [COMPOSE]: `${SOUND}# ${'x'.repeat(5_000_000)}\n` },
    at: COMPOSE,
    says: /MB|large|big/i,
  },
  Capitals: { files: { [COMPOSE]: SOUND }, at: '', says: /lower-case/ },
};

describe('mistakes in a project', () => {
  let workspace: TestWorkspace;
  let log: string;
  let exitCode: number | undefined;

  beforeAll(async () => {
    workspace = await createWorkspace({ projects: ['website'] });
    for (const [folder, { files }] of Object.entries(MISTAKES)) {
      for (const [file, text] of Object.entries(files)) {
        await workspace.write(`projects/${folder}/${file}`, text);
      }
    }
    await workspace.write('projects/leaves-the-tree/ingress.yml', 'host: 127.0.0.1\ningress: []\n');
    const outside = `${workspace.root}.outside.yml`;
    await writeFile(outside, SOUND);
    await symlink(outside, join(workspace.root, 'projects/leaves-the-tree', COMPOSE));
    ({ all: log, exitCode } = await workspace.nx(['run-many', '-t', 'validate', '--outputStyle=static']));
  });
  afterAll(() => workspace.dispose());

  it('fail the run, and no project but their own', () => {
    // 1, or 130, which is Nx's for a run of which some tasks were left out.
    expect(exitCode).toBeGreaterThan(0);
    expect(messageOf(workspace.name('website'))).not.toContain('error:');
    expect(existsSync(join(workspace.root, 'upstream', workspace.name('website'), COMPOSE))).toBe(true);
  });

  it.each(Object.entries(MISTAKES))('are told with place and cure: %s', (folder, { at, says }) => {
    const message = messageOf(folder);
    expect(message).toContain('error');
    if (at !== '') expect(message).toContain(`projects/${folder}/${at}`);
    expect(message).toMatch(says);
    // A stack trace is for our own mistakes.
    expect(message).not.toMatch(/^\s+at .+:\d+:\d+/m);
  });

  it('are told of a link out of the tree', () => {
    expect(messageOf('leaves-the-tree')).toMatch(/link|outside/);
  });

  it('leave nothing half-written', () => {
    for (const folder of Object.keys(MISTAKES).filter((name) => name !== 'nothing-to-run')) {
      expect(existsSync(join(workspace.root, 'upstream', folder))).toBe(false);
    }
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
