import { recordBuild } from '../build/record-build';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';
import { workspaceAt, type ItsupWorkspace } from '../workspace/find-workspace';
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
function workspace(): ItsupWorkspace {
  const nxRoot = temporaryFolder({
    'nx.json': '{}',
    'libs/a/src/index.ts': '',
    'tools/itsup/dist/index.js': '',
    'projects/blog/docker-compose.yml': 'services: {}',
  });
  recordBuild(nxRoot);
  return workspaceAt(nxRoot);
}

const COMMANDS =
  'start apply generate validate plan deploy status explain topology certificates images logs svc restart history rollback down prune maintenance state swarm doctor bootstrap nightly completion'.split(
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

  it.each([
    ['import', 'npx nx g itsup:import'],
    ['up', 'itsup deploy'],
    ['backup', 'itsup state backup'],
  ])('says what does %s here', async (word, here) => {
    expect(await run([word, '~/docker'], workspace())).toBe(2);
    expect(err).toContain(`there is no command "${word}"`);
    expect(err).toContain(`that is ${here}`);
  });

  it('takes a word without a dot for a project', async () => {
    expect(await run(['explain', 'blgo'], workspace())).toBe(1);
    expect(err).toContain('did you mean blog? http://blgo asks for a host');
    err = '';
    expect(await run(['explain', 'prxy'], workspace())).toBe(1);
    expect(err).toContain('did you mean proxy?');
  });

  it('says what to do outside of a workspace, and helps there all the same', async () => {
    expect(await run(['deploy'], null)).toBe(1);
    expect(err).toContain('npm create itsup');
    expect(await run(['deploy', '--help'], null)).toBe(0);
  });

  it('fails with options of the plugin that cannot be, naming them', async () => {
    const made = workspace();
    writeFiles(made.nxRoot, {
      'nx.json': '{"plugins": [{"plugin": "itsup", "options": {"folder": "infra"}}]}',
    });
    expect(await run(['plan'], workspaceAt(made.nxRoot))).toBe(1);
    expect(err).toContain('there is no option folder');
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
    [
      ['maintenance', 'blog', 'o'],
      ['on', 'off'],
    ],
    [['nothing', ''], []],
  ])('completes %j', async (line, expected) => {
    expect(await run(['completion', 'candidates', ...line], workspace())).toBe(0);
    expect(out.split('\n').filter((word) => word !== '')).toEqual(expected);
  });

  it('runs nothing with a stale build', async () => {
    const stale = workspace();
    writeFiles(stale.nxRoot, { 'libs/a/src/index.ts': 'changed' });
    expect(await run(['plan'], stale)).toBe(1);
    expect(err).toContain('npm run build');
  });
});
