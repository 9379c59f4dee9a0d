import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readWorkspaceFrom } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';
import { newProject } from '../project/new-project';
import { requiredSecrets } from '../project/next-steps';
import { DATABASES } from '../project/options';
import { describeWithCompose } from '@itsup/config/testing/describe-with-compose';
import { composeConfig, COMPOSES } from '../testing/compose-cli';
import { shipped, treeOf, WORKSPACE } from '../testing/tree';
import { entryNames, OWN_IMAGE, readEntry } from './entry';

const templates = shipped('templates/projects');
const gallery = treeOf(templates);

/** An entry with what its description gives as a sample. */
function sample(entry: string, more: Record<string, string> = {}): Map<string, string> {
  const options = Object.entries(readEntry(gallery, entry).options).flatMap(([name, { sample: value }]) =>
    value === undefined ? [] : [[name, value]],
  );
  return newProject(gallery, {
    gallery: entry,
    options: { name: entry, ...(Object.fromEntries(options) as object), ...more },
  }).files;
}

const projects: [string, Map<string, string>][] = [
  ...entryNames(gallery)
    .filter((name) => name !== OWN_IMAGE)
    .map((name): [string, Map<string, string>] => [name, sample(name)]),
  ...DATABASES.map((database): [string, Map<string, string>] => [
    `image with ${database}`,
    sample(OWN_IMAGE, { database }),
  ]),
  [OWN_IMAGE, sample(OWN_IMAGE, { database: '', data: '' })],
];

const composeOf = (files: Map<string, string>) =>
  [...files].find(([path]) => path.endsWith('/docker-compose.yml'))?.[1];

// An operator may have entries of their own besides.
test('the documentation lists what the gallery has, with the options', () => {
  const page = readFileSync(join(WORKSPACE, 'docs/generators.md'), 'utf8');
  const [, table = ''] = /^(\| `--gallery=` [^]*?)\n\n/m.exec(page) ?? [];
  const rows = [...table.matchAll(/^\| `([a-z0-9-]+)` .*$/gm)];
  expect(rows).toHaveLength(19);
  for (const [row, name = ''] of rows) {
    const { title, options } = readEntry(gallery, name);
    expect(row).toContain(title);
    expect([...row.matchAll(/`--(\w+)`/g)].map(([, option]) => option)).toEqual(
      Object.keys(options).filter((option) => option !== 'domain'),
    );
  }
});

test('all of the gallery can be run by one host', () => {
  const all = treeOf(
    new Map(projects.filter(([name]) => !name.startsWith(OWN_IMAGE)).flatMap(([, files]) => [...files])),
  );
  const workspace = readWorkspaceFrom(all);
  const routing = routeWorkspace(workspace);
  expect([
    ...workspace.problems,
    ...routing.problems,
    ...routing.projects.flatMap(({ problems }) => problems),
  ]).toEqual([]);
});

describe.each(projects)('%s', (_, files) => {
  const workspace = readWorkspaceFrom(treeOf(files));
  const services = workspace.projects[0]?.compose?.services ?? [];

  it('reads and routes without a word of complaint', () => {
    const routing = routeWorkspace(workspace);
    const problems = [
      ...workspace.problems,
      ...routing.problems,
      ...routing.projects.flatMap((each) => each.problems),
    ];
    expect(problems).toEqual([]);
    expect(routing.projects[0]?.routes).toHaveLength(workspace.projects[0]?.ingress.length ?? -1);
  });

  it('completes its ingress file in editors, and every text ends with one line break', () => {
    for (const [path, text] of files) {
      expect(text).toMatch(/[^\n]\n$/);
      expect(text).not.toMatch(/\n\n\n|undefined|null$|[ \t]\n/);
      if (path.endsWith('ingress.yml')) {
        expect(text).toMatch(
          /^# yaml-language-server: \$schema=\.\.\/\.\.\/node_modules\/itsup\/schemas\/ingress\.schema\.json\n/,
        );
      }
    }
  });

  it('runs a version that is named, restarts, and says when it is healthy', () => {
    const text = composeOf(files);
    expect(text === undefined).toBe(workspace.projects[0]?.kind === 'external');
    for (const { image, hasHealthcheck } of services) {
      expect(image).toMatch(/:.*\d/);
      expect(hasHealthcheck).toBe(true);
    }
    expect(text?.match(/^ {4}restart: unless-stopped$/gm)?.length ?? 0).toBe(
      (text?.match(/^ {4}image: /gm) ?? []).length,
    );
  });

  it('keeps its database private and gives it time to stop', () => {
    const text = composeOf(files) ?? '';
    const routed = new Set(workspace.projects[0]?.ingress.map(({ service }) => service));
    for (const { name, image } of services) {
      if (!/postgres|mysql|mariadb|redis/.test(image ?? '')) continue;
      expect(routed).not.toContain(name);
      if (/redis/.test(image ?? '')) continue;
      expect(new RegExp(`^ {2}${name}:\\n(?: {4}.*\\n)*? {4}stop_grace_period: `, 'm').test(text)).toBe(true);
    }
  });
});

describe.each(COMPOSES)('$name', ({ env }) => {
  describeWithCompose('docker compose', () => {
    it.each(projects.filter(([, files]) => composeOf(files) !== undefined))('accepts %s', (_, files) => {
      const file = [...files.keys()].find((path) => path.endsWith('docker-compose.yml')) ?? '';
      const secrets = requiredSecrets(composeOf(files) ?? '').map(({ name }) => [name, 'secret']);
      const variables = Object.fromEntries(secrets) as Record<string, string>;
      expect(composeConfig(Object.fromEntries(files), file, { ...env, ...variables })).toContain(
        '"services"',
      );
      // A secret that is missing is named before anything is touched.
      if (secrets.length > 0)
        expect(() => composeConfig(Object.fromEntries(files), file, env)).toThrow(/required variable/);
    });
  });
});
