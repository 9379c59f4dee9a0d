import { EXAMPLES } from '../harness/workspace/examples';
import { succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const EXAMPLES_AND_PROXY = [...EXAMPLES, 'proxy'].sort();

describe('nx affected', () => {
  let workspace: TestWorkspace;

  beforeAll(async () => {
    workspace = await createWorkspace({ projects: EXAMPLES });
    succeeded(await workspace.nx(['run-many', '-t', 'validate']));
  });
  afterAll(() => workspace.dispose());

  /** The stacks that it selects for the last commit, and those whose tasks then did not come from the cache; sorted. */
  async function affected(): Promise<{ selected: string[]; generated: string[]; validated: string[] }> {
    const { all } = succeeded(
      await workspace.nx([
        'affected',
        '-t',
        'validate',
        '--outputStyle=static',
        '--base=HEAD~1',
        '--head=HEAD',
      ]),
    );
    return {
      selected: selected(all).map(folder).sort(),
      generated: executed(all, 'generate').map(folder).sort(),
      validated: executed(all, 'validate').map(folder).sort(),
    };
  }

  const folder = (name: string): string => name.replace(workspace.prefix, '');

  async function edit(path: string, change: (text: string) => string): Promise<void> {
    const before = await workspace.read(path);
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${path} changes nothing`);
    await workspace.write(path, after);
    await workspace.commit(`Edit ${path}`);
  }

  const source = (example: string, file: string): string => `projects/${workspace.name(example)}/${file}`;

  it('takes a Compose edit for that project; its consumers are generated no more, and judged again by what they reach', async () => {
    await edit(source('catalog', 'docker-compose.yml'), (text) => text.replace('retries: 3', 'retries: 4'));
    const { selected, generated, validated } = await affected();
    expect(selected).toEqual(['catalog', 'shop']);
    expect(generated).toEqual(['catalog']);
    expect(validated).toEqual(['catalog', 'shop']);
  });

  it('takes an ingress edit for that project and the proxy', async () => {
    await edit(source('website', 'ingress.yml'), (text) =>
      text.replace('website.localhost', 'www.localhost'),
    );
    const { selected, generated } = await affected();
    expect(selected).toEqual(['proxy', 'website']);
    expect(generated).toEqual(['proxy', 'website']);
  });

  it('takes an edit of what the image is built of for that project', async () => {
    await edit(source('website', 'public/index.html'), (text) => text.replace("It's up.", "It's up!"));
    expect((await affected()).selected).toEqual(['website']);
  });

  it('takes a template edit for all stacks of its kind', async () => {
    await edit('templates/upstream/docker-compose.yml.eta', (text) =>
      text.replace('# Compose merges', '# Here Compose merges'),
    );
    const { selected, generated } = await affected();
    expect(selected).toEqual(EXAMPLES);
    expect(generated).toEqual(EXAMPLES);
  });

  it("takes an edit of the proxy's templates for the proxy alone", async () => {
    await edit('templates/proxy/traefik.yml.eta', (text) => text.replace('level: INFO', 'level: WARN'));
    const { selected, generated } = await affected();
    expect(selected).toEqual(['proxy']);
    expect(generated).toEqual(['proxy']);
  });

  it('takes an egress edit for the consumer', async () => {
    await edit(source('catalog', 'ingress.yml'), (text) =>
      text.replace(/(- \S*shop\n)/, `$1    - ${workspace.name('notes')}\n`),
    );
    await edit(
      source('notes', 'ingress.yml'),
      (text) => `${text}egress: ['${workspace.name('catalog')}:api']\n`,
    );
    const { selected, generated } = await affected();
    expect(selected).toEqual(['notes', 'proxy']);
    expect(generated).toEqual(['notes', 'proxy']);
    const { stdout } = succeeded(await workspace.nx(['graph', '--file=stdout']));
    const { graph } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      graph: { dependencies: Record<string, { target: string }[]> };
    };
    expect(graph.dependencies[workspace.name('notes')]).toMatchObject([
      { target: workspace.name('catalog') },
    ]);
    expect(graph.dependencies[workspace.name('shop')]).toMatchObject([{ target: workspace.name('catalog') }]);
  });

  it("takes what a deploy reads besides: a project's secrets for it, the host's and the images' for all", async () => {
    const deployed = async (file: string): Promise<string[]> => {
      await workspace.write(file, `sops_version=3.9.0\nEDIT="${file}"\n`);
      await workspace.commit(`Edit ${file}`);
      const args = ['--affected', '--withTarget', 'deploy', '--base=HEAD~1', '--head=HEAD', '--json'];
      const { stdout } = succeeded(await workspace.nx(['show', 'projects', ...args]));
      return (JSON.parse(stdout) as string[]).map(folder).sort();
    };
    expect(await deployed(`secrets/${workspace.name('website')}.enc.env`)).toEqual(['website']);
    expect(await deployed('secrets/itsup.enc.env')).toEqual(EXAMPLES_AND_PROXY);
    expect(await deployed('projects/images.lock.yml')).toEqual(EXAMPLES_AND_PROXY);
    await Promise.all(
      ['secrets/itsup.enc.env', 'projects/images.lock.yml'].map((file) => workspace.remove(file)),
    );
    await workspace.remove(`secrets/${workspace.name('website')}.enc.env`);
    await workspace.commit('Remove them again');
  });

  it('selects nothing for the README and the docs', async () => {
    await workspace.write('README.md', '# Ours\n');
    await workspace.write('docs/notes.md', 'Read me.\n');
    await workspace.commit('Edit the docs');
    expect(await affected()).toEqual({ selected: [], generated: [], validated: [] });
  });

  it('survives a deleted project', async () => {
    await workspace.remove(`projects/${workspace.name('echo')}`);
    await workspace.commit('Remove echo');
    const { generated } = await affected();
    expect(generated).not.toContain('website');
    expect(generated).toContain('proxy');
  });
});

/** The projects whose task of this name ran, rather than coming from the cache. */
function executed(log: string, target: string): string[] {
  // Nx prints a batch of one task twice, before it and with its output.
  return [
    ...new Set(
      [...log.matchAll(/^> nx run (\S+):(\w+)$/gm)].flatMap(([, project, name]) =>
        project !== undefined && name === target ? [project] : [],
      ),
    ),
  ];
}

/** The projects that Nx says it runs the target for. */
function selected(log: string): string[] {
  const list = /Running target validate for [^:]*:\n\n((?:- .+\n)+)/.exec(log)?.[1] ?? '';
  return [...list.matchAll(/^- (.+)$/gm)].map(([, project]) => project ?? '');
}
