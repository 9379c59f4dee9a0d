import { scanProjects } from '../inference/scans';
import { temporaryFolder } from '../testing/temporary-folder';
import { unseen } from './last-lines';

const COMPOSE = 'services: {}';

describe('unseen', () => {
  it('tells of each named stack that no inference of this process has found', () => {
    const root = temporaryFolder({
      'projects/site/docker-compose.yml': COMPOSE,
      'projects/hidden/docker-compose.yml': COMPOSE,
    });
    expect(unseen(root, ['hidden'])).toBe('');
    scanProjects(root, ['site']);
    expect(unseen(root, ['proxy', 'site'])).toBe('');
    expect(unseen(root, ['proxy', 'site', 'hidden'])).toMatch(
      /^error: nothing was done: git or Nx ignores projects\/hidden: [^\n]+$/,
    );
  });
});
