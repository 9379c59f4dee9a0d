import { readWorkspace } from '@itsup/config';
import { recipes } from '@itsup/config/testing/recipes';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { routeWorkspace } from '../route-workspace';

describe('the recipe', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'recipes-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it.each(recipes())('$title is valid as it stands', async ({ files }) => {
    const compose = 'services:\n  web:\n    image: traefik/whoami:v1.11.0\n';
    for (const [path, text] of Object.entries({ 'projects/site/docker-compose.yml': compose, ...files })) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    }
    const workspace = await readWorkspace(root);
    const { projects, problems } = routeWorkspace(workspace);
    const found = [...workspace.problems, ...projects.flatMap((project) => project.problems), ...problems];
    expect(found.filter(({ severity }) => severity !== 'note')).toEqual([]);
    const rows = workspace.projects.flatMap(({ ingress }) => ingress);
    expect(projects.flatMap(({ routes }) => routes)).toHaveLength(rows.length);
  });

  it('is looked for in every section', () => {
    expect(recipes().length).toBeGreaterThan(10);
  });
});
