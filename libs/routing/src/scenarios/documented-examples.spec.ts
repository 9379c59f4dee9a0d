import { exampleFiles, readWorkspace, routeExamples } from '@itsup/config';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { routeWorkspace } from '../route-workspace';

describe('the documentation’s example of', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'examples-'));
  });

  afterEach(() => rm(root, { recursive: true }));

  it.each(routeExamples.map((example) => [example.title, example] as const))('%s', async (_, example) => {
    for (const [file, text] of Object.entries(exampleFiles(example))) {
      await mkdir(dirname(join(root, file)), { recursive: true });
      await writeFile(join(root, file), text);
    }

    const workspace = await readWorkspace(root);
    const { projects, problems } = routeWorkspace(workspace);

    expect([...workspace.problems, ...problems].filter(({ severity }) => severity !== 'note')).toEqual([]);
    const [blog] = projects;
    expect([...(blog?.routes ?? []), ...(blog?.edges ?? [])]).toHaveLength(1);
  });
});
