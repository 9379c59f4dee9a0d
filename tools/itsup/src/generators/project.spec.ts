import { generatorTree, printed } from '../testing/generator-tree';
import { questionsFor } from '@itsup/scaffold';
import type { Ask } from './ask';
import { sourceTree } from './workspace-tree';
import { writeProject, type ProjectSchema } from './project';

const blog = { name: 'blog', image: 'ghost:5', domain: 'blog.example.com', port: 2368 };

/** Answers the questions in order, and remembers them. */
function answering(answers: (string | null)[]): { ask: Ask; asked: string[] } {
  const asked: string[] = [];
  const ask: Ask = ({ text }) => {
    asked.push(text);
    const answer = answers[asked.length - 1];
    return Promise.resolve(answer === undefined ? '' : answer);
  };
  return { ask, asked };
}

describe('nx g itsup:project', () => {
  it('writes a project, and afterwards says what to do with it', async () => {
    const tree = generatorTree();
    const next = await writeProject(tree, { ...blog, database: 'postgres' }, null);
    expect(tree.children('projects/blog').sort()).toEqual(['docker-compose.yml', 'ingress.yml']);
    expect(await printed(next)).toBe(`
projects/blog is there. Next:
  Secrets, one line each in secrets/blog.env (documentation: Secrets); \`openssl rand -hex 24\` makes a good one:
    DATABASE_PASSWORD=   the password of the database
  Rename the DATABASE_* variables of \`web\` to what the image reads.
  What the image writes is lost with its container: if it keeps files, give their folder a volume (--data does).
  npx nx deploy blog, then open https://blog.example.com

`);
  });

  it('asks what is left, which the first answer decides', async () => {
    const own = answering(['image', 'ghost:5', '2368', 'none', '']);
    const tree = generatorTree();
    await writeProject(tree, { name: 'blog', domain: 'blog.example.com' } as ProjectSchema, own.ask);
    expect(own.asked).toEqual([
      'What does it run?',
      'Which image does it run?',
      'On which port does it listen?',
      'Which database does it want?',
      'Which folder of the container has to outlive it? (Enter: none)',
    ]);
    expect(tree.exists('projects/blog/ingress.yml')).toBe(true);

    const home = answering(['home-assistant', '192.168.1.20']);
    await writeProject(tree, { name: 'home', domain: 'home.example.com' } as ProjectSchema, home.ask);
    expect(home.asked[1]).toBe('Where does it run, by address or name?');
    expect(tree.read('projects/home/ingress.yml', 'utf8')).toContain('host: 192.168.1.20\n');
  });

  it('checks each answer when it is given, and offers what there is to choose', () => {
    const files = sourceTree(generatorTree());
    const [what] = questionsFor(files, { name: 'blog' });
    expect(what?.choices?.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['image', 'ghost', 'static-site']),
    );
    const questions = questionsFor(files, { name: 'blog', gallery: 'image' });
    const of = (text: string) => questions.find((question) => question.text.startsWith(text));
    expect(of('At which name')?.check('https://blog.example.com/')).toContain(
      'Give the name alone: `blog.example.com`',
    );
    expect(of('At which name')?.check('')).toBe('Say at which name it answers.');
    expect(of('On which port')?.check('eighty')).toContain('is not a port');
    expect(of('On which port')?.check('80')).toBeNull();
    expect(of('Which folder')?.check('')).toBeNull();
    expect(of('Which database')?.choices?.map(({ value }) => value)).toContain('none');
  });

  it('asks for a name that is not said, and takes none that is wrong or taken', () => {
    const files = sourceTree(
      generatorTree({
        'projects/there/docker-compose.yml': 'services: { web: { image: a } }\n',
        'projects/there/ingress.yml': 'ingress: [{ service: web, domain: taken.example.com }]\n',
      }),
    );
    const [name, ...more] = questionsFor(files, {});
    expect(more).toEqual([]);
    expect(name?.check('')).toContain('Say what it is called');
    expect(name?.check('My Wiki')).toContain('`my-wiki` would do');
    expect(name?.check('there')).toContain('is there already');
    expect(name?.check('proxy')).toContain("is a name of the proxy's own");
    expect(name?.check('wiki')).toBeNull();
    const domain = questionsFor(files, { name: 'wiki', gallery: 'image' }).find(({ text }) =>
      text.startsWith('At which'),
    );
    expect(domain?.check('taken.example.com')).toContain(
      'The project there answers at taken.example.com already',
    );
    expect(domain?.check('wiki.example.com')).toBeNull();
  });

  it('loses nothing of what was said when somebody stops', async () => {
    const { ask } = answering(['ghost', null]);
    const error = await writeProject(generatorTree(), { name: 'blog' } as ProjectSchema, ask).catch(
      (caught: unknown) => caught as Error,
    );
    expect((error as Error).message).toContain('go on with: npx nx g itsup:project blog --gallery=ghost');
  });

  it('asks nothing when everything is said', async () => {
    const { ask, asked } = answering([]);
    await writeProject(
      generatorTree(),
      { name: 'cloud', gallery: 'nextcloud', domain: 'cloud.example.com' },
      ask,
    );
    expect(asked).toEqual([]);
  });

  it.each<[string, ProjectSchema, string]>([
    ['a project without a name', { ...blog, name: undefined }, 'the project has no name'],
    ['a wrong value', { ...blog, port: 0 }, '`0` is not a port'],
    ['what is not said', { name: 'blog', image: 'ghost:5' }, '--domain is missing'],
    ['an entry that is not there', { ...blog, gallery: 'drupal' }, 'the gallery has no `drupal`'],
    [
      'a name that another project answers at',
      { ...blog, name: 'other', domain: 'taken.example.com' },
      'claim taken.example.com',
    ],
    ['a folder that is there', { ...blog, name: 'there' }, 'projects/there is there already'],
  ])('refuses %s, with one message and no stack', async (_, schema, message) => {
    const tree = generatorTree({
      'projects/there/docker-compose.yml': 'services: { web: { image: a } }\n',
      'projects/there/ingress.yml': 'ingress: [{ service: web, domain: taken.example.com }]\n',
    });
    const error = await writeProject(tree, schema, null).catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ message: expect.stringContaining(message) as string, stack: '' });
    expect((error as Error).message).toMatch(/^Nothing was written\.\n/);
  });

  it('does not mind what is wrong with other projects', async () => {
    const tree = generatorTree({ 'projects/broken/ingress.yml': 'ingres: []\n' });
    expect(await printed(() => writeProject(tree, blog, null))).toBe('');
  });
});
