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
  'start apply generate validate plan deploy status explain topology logs svc restart rollback down prune doctor bootstrap nightly'.split(
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
    ['an unknown command', ['aply']],
    ['an unknown option', ['plan', '--jsn']],
    ['a missing project', ['logs']],
    ['a missing Compose command', ['svc', 'blog']],
    ['too many arguments', ['start', 'blog']],
  ])('ends with 2 for %s', async (_, argv) => {
    expect(await run(argv, workspace())).toBe(2);
    expect(out + err).toContain('Usage: itsup');
  });

  it('names the projects that are there when one is not', async () => {
    expect(await run(['deploy', 'blgo'], workspace())).toBe(1);
    expect(err).toContain('blgo');
    expect(err).toContain('blog');
  });

  it('runs nothing with a stale build', async () => {
    const root = workspace();
    writeFiles(root, { 'libs/a/src/index.ts': 'changed' });
    expect(await run(['plan'], root)).toBe(1);
    expect(err).toContain('npm run build');
  });
});
