import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';
import { guardNx } from './guard';
import { HIDDEN_FROM_NX } from './nx-ignore';

const SITE = { 'projects/site/docker-compose.yml': 'services: {}', '.nxignore': `${HIDDEN_FROM_NX}\n` };
const ORDERS = '{"targets": {"validate": {"command": "id"}}}';

function workspace(files: Record<string, string> = {}): string {
  const root = temporaryFolder({ ...SITE, ...files });
  execFileSync('git', ['init', '--quiet', root]);
  return root;
}

function link(root: string, file: string, target: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  symlinkSync(target, join(root, file));
}

const refused = (root: string): string[] => guardNx(root).refusals.map(({ file }) => file);

describe('guardNx', () => {
  it('has nothing to say of an ordinary workspace', () => {
    const root = workspace({
      'package.json': '{"workspaces": ["libs/*"]}',
      'projects/site/app/package.json': '{}',
      'projects/site/.gitignore': 'data\n!data/keep\n',
    });
    link(root, 'projects/site/current', 'docker-compose.yml');
    link(root, 'projects/site/root', '/');
    link(root, 'projects/site/gone', 'nowhere');
    expect(guardNx(root)).toEqual({ refusals: [], notes: [] });
  });

  it('lets a configuration pass that .nxignore hides, and no other', () => {
    const file = { 'projects/site/deep/project.json': ORDERS };
    expect(refused(workspace(file))).toEqual([]);
    expect(refused(workspace({ ...file, '.nxignore': 'other\n' }))).toEqual([
      'projects/site/deep/project.json',
    ]);
  });

  it('refuses a .nxignore of a project, which could take the hiding back', () => {
    const root = workspace({
      'projects/site/project.json': ORDERS,
      'projects/site/.nxignore': '!project.json',
    });
    expect(refused(root)).toEqual(['projects/site/.nxignore']);
  });

  it.each([
    ['npm', { 'package.json': '{"workspaces": ["libs/*", "projects/*"]}' }],
    ['yarn', { 'package.json': '{"workspaces": {"packages": ["./projects/**"]}}' }],
    ['pnpm', { 'pnpm-workspace.yaml': 'packages:\n  - "*/*"\n' }],
  ])('refuses a package that Nx would make a project of: %s', (_, files) => {
    const root = workspace({ ...files, 'projects/site/package.json': '{"scripts": {"validate": "id"}}' });
    expect(refused(root)).toEqual(['projects/site/package.json']);
  });

  it.each(['/dev/zero', '/dev/ptmx', '/proc/kmsg'])(
    'hides a link to %s once, for this clone alone',
    (target) => {
      const root = workspace();
      link(root, 'projects/site/ctx/[a] link', target);
      const { refusals, notes } = guardNx(root);
      expect(refusals).toEqual([]);
      expect(notes).toEqual([expect.stringContaining(`projects/site/ctx/[a] link leads to ${target}`)]);
      const excluded = (): string => readFileSync(join(root, '.git/info/exclude'), 'utf8');
      const once = excluded();
      expect(guardNx(root).notes).toHaveLength(1);
      expect(excluded()).toBe(once);
      const status = execFileSync('git', ['status', '--short', '--untracked-files=all'], { cwd: root });
      expect(String(status)).not.toContain('link');
    },
  );

  it.each<[string, (root: string) => void]>([
    [
      'an exception could take it back',
      (root) => writeFiles(root, { 'projects/site/.gitignore': '!link\n' }),
    ],
  ])('refuses the link where %s', (_, change) => {
    const root = workspace();
    link(root, 'projects/site/ctx/link', '/dev/zero');
    change(root);
    expect(refused(root)).toEqual(['projects/site/ctx/link']);
    writeFiles(root, { '.nxignore': `${HIDDEN_FROM_NX}\nprojects/site/ctx/link\n` });
    expect(refused(root)).toEqual([]);
  });
});
