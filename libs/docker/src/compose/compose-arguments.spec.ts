import { downArguments, pullArguments, stackArguments, upArguments } from './compose-arguments';
import { parseHashes } from './compose-commands';

describe('the arguments of Compose', () => {
  it('name the project and every file, and no variable', () => {
    expect(
      stackArguments({ project: 'shop', files: ['a.yml', 'b.yml'], cwd: '/', env: { SECRET: 'x' } }),
    ).toEqual(['compose', '--ansi', 'never', '--project-name', 'shop', '--file', 'a.yml', '--file', 'b.yml']);
  });

  it('are those of the options', () => {
    expect(
      upArguments({
        services: ['web'],
        noDeps: true,
        noRecreate: true,
        scale: { web: 4 },
        wait: true,
        waitTimeout: 30,
      }),
    ).toEqual([
      'up',
      '--detach',
      '--no-recreate',
      '--scale',
      'web=4',
      '--no-deps',
      '--wait',
      '--wait-timeout',
      '30',
      '--',
      'web',
    ]);
    expect(upArguments()).toEqual(['up', '--detach']);
    expect(downArguments({ volumes: true, timeoutSeconds: 0 })).toEqual([
      'down',
      '--volumes',
      '--timeout',
      '0',
    ]);
    expect(pullArguments(['--help'])).toEqual(['pull', '--', '--help']);
  });
});

describe('parseHashes', () => {
  it('reads a pair a line', () => {
    expect(parseHashes('web c0ffee\ndb  beef\n\n')).toEqual({ web: 'c0ffee', db: 'beef' });
  });
});
