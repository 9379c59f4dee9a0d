import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWorkspaceFrom, UserError } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';
import { shipped, treeOf, WORKSPACE } from '../testing/tree';
import { emptyWorkspace, EXAMPLES, type OwnProjects } from './empty-workspace';

const SHIPPED = shipped('projects');
const examples = Object.fromEntries(
  Object.entries(SHIPPED).filter(([path]) => EXAMPLES.includes(path.split('/')[1] ?? '')),
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

test('the examples are those that ship, and as they ship', () => {
  const tree = treeOf(examples);
  expect(tree.list('projects').sort()).toEqual([...EXAMPLES]);
  const { remove } = emptyWorkspace(tree, settings);
  // Where this fails after a change of an example, SHIPPED wants its digest anew.
  expect(remove).toEqual(EXAMPLES.map((name) => `projects/${name}`));
});

describe('a project with the name of an example', () => {
  it('is the operator’s: of its own making, changed, or with a file more', () => {
    const files = {
      ...examples,
      'projects/router/ingress.yml': `${examples['projects/router/ingress.yml'] ?? ''}# mine\n`,
      'projects/notes/notes.db': 'data',
      'projects/shop/docker-compose.yml': 'services: { web: { image: a } }\n',
    };
    expect(() => emptyWorkspace(treeOf(files), settings)).toThrow(
      /notes \(changed, or of your own\), router .*, shop /,
    );
    const { remove } = emptyWorkspace(treeOf(files), settings, 'keep');
    expect(remove).toEqual(['projects/catalog', 'projects/echo', 'projects/website']);
  });

  it('is the example in lines that Windows ends, and with another way to the schema', () => {
    const text = (examples['projects/router/ingress.yml'] ?? '').replace(/^# yaml-language-server:.*\n/, '');
    const files = { 'projects/router/ingress.yml': text.replaceAll('\n', '\r\n') };
    expect(emptyWorkspace(treeOf(files), settings).remove).toEqual(['projects/router']);
  });
});
