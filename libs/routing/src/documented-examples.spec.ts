import { readSettings, readProject, routeExamples } from '@itsup/config';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routeProject } from './route-project';

const COMPOSE = `services:
  web: { image: app }
  db: { image: postgres }
  game: { image: game }
`;

describe('the documentation’s example of', () => {
  let root: string;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'examples-'));
    await mkdir(join(root, 'projects/blog'), { recursive: true });
  });

  afterAll(() => rm(root, { recursive: true }));

  it.each(routeExamples.map((example) => [example.title, example.ingress]))('%s', async (_, ingress) => {
    const folder = join(root, 'projects/blog');
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await writeFile(join(folder, 'ingress.yml'), ingress);
    if (!ingress.startsWith('host:')) await writeFile(join(folder, 'docker-compose.yml'), COMPOSE);

    const { settings } = await readSettings(root);
    const { project, problems } = await readProject(root, 'blog', settings);
    const routing = routeProject(project, settings);

    expect([...problems, ...routing.problems]).toEqual([]);
    expect(routing.routes.length + routing.edges.length).toBe(1);
  });
});
