import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../testing/temporary-folder';
import { inspectLayout } from './layout';

const HIDDEN = { '.nxignore': 'projects/**/project.json\n' };
const SITE = { ...HIDDEN, 'projects/site/docker-compose.yml': 'services: {}' };

describe('inspectLayout', () => {
  it('has nothing to say of projects that Nx sees, nor of folders that are none', () => {
    const root = temporaryFolder({ ...SITE, 'projects/notes/README.md': 'no project' });
    expect(inspectLayout(root, new Set(['site']))).toEqual({ refusal: null, notes: [] });
  });

  it('has nothing to say of a workspace without projects', () => {
    expect(inspectLayout(temporaryFolder(HIDDEN), new Set())).toEqual({ refusal: null, notes: [] });
  });

  it('refuses when Nx sees none of the projects that are there, with the cure', () => {
    const { refusal } = inspectLayout(temporaryFolder(SITE), new Set());
    expect(refusal).toContain('.gitignore');
    expect(refusal).toContain('git add projects');
  });

  it('names the line that a workspace needs in .nxignore', () => {
    const root = temporaryFolder({ ...SITE, '.nxignore': 'tmp\n' });
    expect(inspectLayout(root, new Set(['site'])).notes).toEqual([
      expect.stringContaining('projects/**/project.json'),
    ]);
  });

  it('names single projects that are ignored', () => {
    const root = temporaryFolder({ ...SITE, 'projects/hidden/ingress.yml': 'ingress: []' });
    const { refusal, notes } = inspectLayout(root, new Set(['site']));
    expect(refusal).toBeNull();
    expect(notes).toEqual([expect.stringContaining('projects/hidden')]);
  });

  it('says of a project that is a symbolic link why Nx does not see it', () => {
    const root = temporaryFolder({ ...SITE, 'elsewhere/compose.yml': 'services: {}' });
    symlinkSync('../elsewhere', join(root, 'projects/linked'));
    expect(inspectLayout(root, new Set(['site'])).notes).toEqual([
      expect.stringContaining('projects/linked is a symbolic link'),
    ]);
  });

  it.each([
    ['a repository of its own', 'projects/.git/HEAD'],
    ['a submodule', 'projects/.git'],
  ])('tells how to bring in %s', (_, file) => {
    const root = temporaryFolder({ ...SITE, [file]: 'gitdir: ../.git/modules/projects' });
    expect(inspectLayout(root, new Set(['site'])).notes).toEqual([
      expect.stringContaining('git subtree add --prefix projects'),
    ]);
  });
});
