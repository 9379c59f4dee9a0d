import { readdirSync } from 'node:fs';
import { checkComposeFiles, composeFilesOf } from './check-compose-files';
import { fixture, outline, readAt, readFixture } from '../../testing/fixtures';

describe('checkComposeFiles', () => {
  test.each(readdirSync(fixture('compose')))(
    'has nothing to say of %s, which Compose accepts',
    async (name) => {
      const { project } = await readFixture(`compose/${name}`);
      const root = fixture(`compose/${name}`);
      expect(checkComposeFiles(root, composeFilesOf(root, project))).toEqual([]);
    },
  );

  test('finds unknown keys where the specification knows every one, and no others', () => {
    const file = 'projects/app/docker-compose.yml';
    const problems = checkComposeFiles(fixture('unknown-compose-keys'), [file]);
    expect(outline(problems)).toEqual(
      [2, 6, 8, 10, 12, 15, 19].map((line) => expect.stringMatching(`yml:${line}:\\d+ unknown-key`)),
    );
    expect(problems[0]).toMatchObject({
      message: 'the Compose specification has no `network` at the top level — did you mean `networks`?',
      help: 'Correct it, remove it, or begin it with `x-` when it is yours.',
    });
  });
});

test('the files of a project are its Compose files, be they followed or linked, and no ingress file', async () => {
  const root = fixture('compose/include');
  const { project } = await readAt(root, 'app');
  expect(composeFilesOf(root, project)).toEqual(project.files);
  const container = fixture('container');
  const { project: blog } = await readAt(container, 'blog');
  expect(composeFilesOf(container, blog)).toEqual(['projects/blog/docker-compose.yml']);
});
