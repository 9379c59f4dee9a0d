import { readWorkspace } from '@itsup/config';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { routeWorkspace } from '../route-workspace';

const PAGE = readFileSync(join(__dirname, '../../../../docs/recipes.md'), 'utf8');

/** The files of each recipe, by path; a second file of one path is another workspace. */
function recipes(): [string, Record<string, string>][] {
  return PAGE.split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [title = ''] = section.split('\n');
      const files = [...section.matchAll(/^```yaml\n# (projects\/\S+)\n([^]*?)^```/gm)];
      const variants: Record<string, string>[] = [{}];
      for (const [, path = '', text = ''] of files) {
        if (path in (variants.at(-1) ?? {})) variants.push({});
        Object.assign(variants.at(-1) ?? {}, { [path]: text });
      }
      return variants
        .filter((each) => Object.keys(each).length > 0)
        .map((each, index): [string, Record<string, string>] => [`${title} ${index + 1}`, each]);
    });
}

describe('the recipe', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'recipes-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it.each(recipes())('%s is valid as it stands', async (_, files) => {
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
