import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWorkspaceFrom, UserError } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';
import { shipped, treeOf, WORKSPACE } from '../testing/tree';
import { emptyWorkspace, EXAMPLES, type OwnProjects } from './empty-workspace';

const examples = Object.fromEntries(
  EXAMPLES.map((name) => [`projects/${name}/docker-compose.yml`, 'services: { web: { image: a } }\n']),
);
const settings = '# settings\n';
const shippedSettings = readFileSync(join(WORKSPACE, 'projects/itsup.yml'), 'utf8');

/** The files that are left. */
function applied(files: Record<string, string>, own?: OwnProjects): Map<string, string> {
  const { remove, files: written } = emptyWorkspace(treeOf(files), settings, own);
  const left = Object.entries(files).filter(
    ([path]) => !remove.some((folder) => path.startsWith(`${folder}/`)),
  );
  return new Map([...left, ...written]);
}

test('the examples go, the settings stay', () => {
  const files = {
    ...examples,
    'projects/itsup.yml': 'traefik: { domain: t.example.org }\n',
    'README.md': '',
  };
  expect([...applied(files)]).toEqual([
    ['projects/itsup.yml', 'traefik: { domain: t.example.org }\n'],
    ['README.md', ''],
  ]);
});

test('a workspace without settings gets them, commented out', () => {
  expect([...applied(examples)]).toEqual([['projects/itsup.yml', settings]]);
});

test('what is left of the workspace that ships reads and routes', () => {
  const left = readWorkspaceFrom(treeOf(applied({ 'projects/itsup.yml': shippedSettings, ...examples })));
  expect(left.projects).toEqual([]);
  expect([...left.problems, ...routeWorkspace(left).problems]).toEqual([]);
  expect(shippedSettings.split('\n').every((line) => line === '' || line.startsWith('#'))).toBe(true);
});

describe('projects of the operator', () => {
  const files = {
    ...examples,
    'projects/blog/ingress.yml': '',
    'projects/data/a/b.db': '',
    'projects/.git/x': '',
  };

  it('are not removed unless that is said', () => {
    expect(() => emptyWorkspace(treeOf(files), settings)).toThrow(UserError);
    expect(() => emptyWorkspace(treeOf(files), settings)).toThrow('blog, data');
  });

  it('stay, or go too', () => {
    const paths = (own: OwnProjects) => [...applied(files, own).keys()].sort();
    expect(paths('keep')).toEqual([
      'projects/.git/x',
      'projects/blog/ingress.yml',
      'projects/data/a/b.db',
      'projects/itsup.yml',
    ]);
    expect(paths('remove')).toEqual(['projects/.git/x', 'projects/itsup.yml']);
  });
});

test('the examples are those that ship', () => {
  const folders = new Set(Object.keys(shipped('projects')).map((path) => path.split('/')[1] ?? ''));
  const present = EXAMPLES.filter((name) => folders.has(name));
  // An operator's workspace has removed them.
  expect(present.length === 0 || present.length === EXAMPLES.length).toBe(true);
});
