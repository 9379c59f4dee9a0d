import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { scanProjects } from '../inference/scans';
import { temporaryFolder } from '../testing/temporary-folder';
import { unseen } from './last-lines';

const COMPOSE = 'services: {}';
const PROJECTS = {
  'projects/site/docker-compose.yml': COMPOSE,
  'projects/hidden/docker-compose.yml': COMPOSE,
};

describe('unseen', () => {
  it('tells of each named stack that no inference of this process has found', () => {
    const root = temporaryFolder(PROJECTS);
    scanProjects(root, ['site']);
    expect(unseen(root, ['proxy', 'site'])).toBe('');
    expect(unseen(root, ['proxy', 'site', 'hidden'])).toMatch(
      /^error: hidden was left out: git or Nx ignores projects\/hidden: [^\n]+$/,
    );
  });

  it.each([
    ['', 'projects/site'],
    ['server/', 'server/projects/site'],
  ])(
    'asks the graph that Nx keeps, where the plugin ran in another process: projects in %j',
    (prefix, folder) => {
      const inside = Object.entries(PROJECTS).map(([file, text]) => [prefix + file, text]);
      const root = temporaryFolder({
        ...Object.fromEntries(inside),
        '.nx/workspace-data/project-graph.json': JSON.stringify({
          nodes: { other: { data: { root: folder } }, proxy: { data: { root: `${prefix}proxy` } } },
        }),
      });
      expect(unseen(root, ['proxy', 'site'], prefix)).toBe('');
      expect(unseen(root, ['proxy', 'site', 'hidden'], prefix)).toMatch(
        /^error: hidden was left out: git or Nx ignores (server\/)?projects\/hidden: [^\n]+$/,
      );
    },
  );

  it('knows without any graph that Nx looks into no link', () => {
    const root = temporaryFolder(PROJECTS);
    symlinkSync('site', join(root, 'projects/linked'));
    expect(unseen(root, ['proxy', 'site', 'hidden'])).toBe('');
    expect(unseen(root, ['linked'])).toMatch(
      /^error: linked was left out: projects\/linked is a symbolic link/,
    );
  });
});
