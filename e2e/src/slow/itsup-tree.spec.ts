import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../harness/repository';
import { succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const TREE = join(REPOSITORY, 'libs/config/src/__fixtures__/itsup-server/projects');
const VALIDATE = ['run-many', '-t', 'validate', '--parallel=2'];

describe('a server of itsUP with 26 projects', () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await createWorkspace();
    await cp(TREE, join(workspace.root, 'projects'), { recursive: true });
    await workspace.commit('Bring the projects');
  });
  afterAll(() => workspace.dispose());

  it('is valid as it is, with a word on each thing that has no effect here', async () => {
    const { all } = succeeded(await workspace.nx(VALIDATE));
    expect(all).toContain('Successfully ran target validate for 27 projects');
    expect(all).toContain('egress goes round in a circle: mailer → crm → mailer');
    expect(all).toContain('crm is deployed first, without waiting for mailer');
    expect(all).toContain('egress nas:smb has no effect');
  });

  it('is ordered by Nx, the circle without the edge that closes it', async () => {
    const file = 'tasks.json';
    succeeded(await workspace.nx(['run-many', '-t', 'deploy', `--graph=${file}`]));
    const { tasks } = JSON.parse(await workspace.read(file)) as {
      tasks: { dependencies: Record<string, string[]> };
    };
    await workspace.remove(file);
    expect(tasks.dependencies['mailer:deploy']).toContain('crm:deploy');
    expect(tasks.dependencies['crm:deploy']).not.toContain('mailer:deploy');
    expect(tasks.dependencies['ai-worker:deploy']).toContain('ai-chatbot:deploy');
  });

  it('has files/ beside the artifacts that follow the source, there and back', async () => {
    const source = 'projects/website/files/html/index.html';
    const copy = 'upstream/website/files/html/index.html';
    const generate = async (): Promise<unknown> => succeeded(await workspace.nx(['run', 'website:generate']));
    const first = await workspace.read(copy);
    await workspace.write(source, '<h1>Changed</h1>\n');
    await workspace.write('projects/website/files/new.txt', 'new\n');
    await generate();
    expect(await workspace.read(copy)).toBe('<h1>Changed</h1>\n');
    await workspace.write(source, first);
    await workspace.remove('projects/website/files/new.txt');
    await generate();
    expect(await workspace.read(copy)).toBe(first);
    await expect(workspace.read('upstream/website/files/new.txt')).rejects.toThrow('ENOENT');
    await workspace.remove('upstream/website');
    await generate();
    expect(await workspace.read(copy)).toBe(first);
  });

  it('fails over an edge to nowhere in its consumer alone, however its provider came to lack it', async () => {
    const file = 'projects/ai-chatbot/docker-compose.yml';
    const text = await workspace.read(file);
    await workspace.write(file, text.replaceAll('ai-chatbot-redis', 'cache'));
    const { exitCode, all } = await workspace.nx(VALIDATE);
    expect(exitCode).toBeGreaterThan(0);
    expect(all).toContain('egress ai-chatbot:redis leads nowhere');
    const failed = [...new Set(all.match(/[a-z-]+:validate(?=\n|$)/g) ?? [])];
    expect(failed.filter((task) => all.includes(`- ${task}`)).sort()).toEqual([
      'ai-search:validate',
      'ai-tools:validate',
      'ai-worker:validate',
    ]);
    succeeded(await workspace.nx(['run', 'proxy:validate']));
    await workspace.write(file, text);
    succeeded(await workspace.nx(VALIDATE));
  });
});
