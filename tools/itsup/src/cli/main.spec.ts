import { recordBuild } from '../build/record-build';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';
import { run } from './main';

let out: string;
let err: string;
beforeEach(() => {
  out = '';
  err = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((out += String(text)), true));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => ((err += String(text)), true));
});
afterEach(() => jest.restoreAllMocks());

/** A workspace without projects, built. */
function workspace(): string {
  const root = temporaryFolder({
    'nx.json': '{}',
    'libs/a/src/index.ts': '',
    'tools/itsup/dist/index.js': '',
    'projects/blog/docker-compose.yml': 'services: {}',
  });
  recordBuild(root);
  return root;
}

const COMMANDS =
  'start apply generate validate plan deploy status explain topology certificates images logs svc restart history rollback down prune state doctor bootstrap nightly completion'.split(
    ' ',
  );

describe('itsup', () => {
  it('lists its commands', async () => {
    expect(await run(['--help'], workspace())).toBe(0);
    COMMANDS.forEach((name) => expect(out).toMatch(new RegExp(`^  ${name} +\\S`, 'm')));
  });

  it.each(COMMANDS)('explains %s with an example', async (name) => {
    expect(await run([name, '--help'], workspace())).toBe(0);
    expect(out).toContain(`Usage: itsup ${name}`);
    expect(out).toMatch(/Examples:\n {2}itsup /);
  });

  it.each([
    ['no command', []],
    ['an unknown option', ['plan', '--jsn']],
    ['a missing project', ['logs']],
    ['a missing Compose command', ['svc', 'blog']],
    ['too many arguments', ['start', 'blog']],
  ])('ends with 2 for %s', async (_, argv) => {
    expect(await run(argv, workspace())).toBe(2);
    expect(out + err).toContain('Usage: itsup');
  });

  it('says what was meant by a command or a project, and else what there is', async () => {
    expect(await run(['depoly', 'blog'], workspace())).toBe(2);
    expect(err).toBe('itsup: there is no command "depoly"\n  help: did you mean itsup deploy blog?\n');
    expect(await run(['deploy', 'blgo'], workspace())).toBe(1);
    expect(err).toContain('did you mean blog?');
    expect(await run(['deploy', 'warehouse'], workspace())).toBe(1);
    expect(err).toContain('there are: proxy, blog');
  });

  it('takes a word without a dot for a project', async () => {
    expect(await run(['explain', 'blgo'], workspace())).toBe(1);
    expect(err).toContain('did you mean blog? http://blgo asks for a host');
  });

  it('tells its version', async () => {
    expect(await run(['--version'], workspace())).toBe(0);
    expect(out).toMatch(/^itsup \d+\.\d+\.\d+\n$/);
  });

  it.each([
    [['depl'], ['deploy']],
    [
      ['deploy', ''],
      ['proxy', 'blog'],
    ],
    [['deploy', 'blog', 'pr'], ['proxy']],
    [['deploy', '--p'], ['--pull']],
    [['svc', 'blog', 'p'], []],
    [
      ['completion', ''],
      ['bash', 'zsh'],
    ],
    [['explain', 'b'], ['blog']],
    [['nothing', ''], []],
  ])('completes %j', async (line, expected) => {
    expect(await run(['completion', 'candidates', ...line], workspace())).toBe(0);
    expect(out.split('\n').filter((word) => word !== '')).toEqual(expected);
  });

  it('runs nothing with a stale build', async () => {
    const root = workspace();
    writeFiles(root, { 'libs/a/src/index.ts': 'changed' });
    expect(await run(['plan'], root)).toBe(1);
    expect(err).toContain('npm run build');
  });
});
