import { UserError, type Problem } from './problem';
import { problemsOf } from './problems-of';

describe('problemsOf', () => {
  it('gives the problems of a mistake as they are', () => {
    const problem: Problem = { code: 'unknown-key', severity: 'error', message: 'no such key' };
    expect(problemsOf(new UserError(problem))).toEqual([problem]);
  });

  it('makes one line of a fault of the system, with its cure where it has one', () => {
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const docker = Object.assign(new Error('no engine answers'), {
      code: 'engine-unreachable',
      help: 'start it',
    });
    expect(problemsOf(full)).toMatchObject([
      { code: 'disk-full', message: 'no space left on device', help: expect.stringContaining('df -h shows') },
    ]);
    const written = Object.assign(full, { path: '/var/lib/itsup/published.json' });
    expect(problemsOf(written)).toMatchObject([
      {
        message: 'no space left on device: /var/lib/itsup/published.json could not be written',
        help: expect.stringContaining('df -h /var/lib/itsup shows the disk'),
      },
    ]);
    expect(problemsOf(docker)).toEqual([
      { code: 'engine-unreachable', severity: 'error', message: 'no engine answers', help: 'start it' },
    ]);
  });

  it.each([
    ['EACCES', 'ls -ld /srv/state/file'],
    ['EROFS', 'findmnt --target /srv/state'],
    ['EMFILE', 'ulimit -n'],
  ])('tells the cure of %s', (code, cure) => {
    const error = Object.assign(new Error(`${code}: refused, open '/srv/state/file'`), {
      code,
      path: '/srv/state/file',
    });
    const [problem] = problemsOf(error);
    expect(problem?.message).toContain('/srv/state/file');
    expect(problem?.help).toContain(cure);
  });

  it('keeps the stack of an error of ours', () => {
    const [problem] = problemsOf(new TypeError('x is not a function'));
    expect(problem?.message).toContain('x is not a function');
    expect(problem?.message).toContain('problems-of.spec.ts');
    expect(problemsOf('thrown')).toEqual([{ code: 'unexpected', severity: 'error', message: 'thrown' }]);
  });
});
