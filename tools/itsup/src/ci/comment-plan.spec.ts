import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from '../testing/temporary-folder';

const SCRIPT = join(__dirname, '../../../../.github/comment-plan');
const SHA = 'a'.repeat(40);

/**
 * GitHub's command, answering from files: what was asked is noted, `--jq` is answered as if it had been applied, and
 * the body of a comment is kept.
 */
const GH = `#!/bin/sh
echo "$@" >>"$ANSWERS/calls"
case "$*" in
  *"/pulls "*) cat "$ANSWERS/pulls" ;;
  *"/artifacts --jq"*) echo 7 ;;
  *artifacts/7/zip) cat "$ANSWERS/plan.zip" ;;
  *"--paginate"*) cat "$ANSWERS/comments" ;;
  *"body=@"*) for word in "$@"; do case $word in body=@*) cp "\${word#body=@}" "$ANSWERS/body" ;; esac; done ;;
esac
`;

let answers: string;

beforeEach(() => {
  answers = temporaryFolder({
    comments: '',
    pulls: `${'b'.repeat(40)} 3\n${SHA} 12\n`,
    'bin/gh': GH,
  });
  chmodSync(join(answers, 'bin/gh'), 0o755);
  archive('edge     create\n');
});

/** An artifact as GitHub hands it out. */
function archive(text: string, name = 'plan.txt'): void {
  writeFiles(answers, { [name]: text });
  execFileSync('python3', ['-m', 'zipfile', '-c', join(answers, 'plan.zip'), name], { cwd: answers });
}

function comment(env: Record<string, string> = {}): { code: number | null; all: string } {
  const { status, stdout, stderr } = spawnSync(SCRIPT, ['made by a test'], {
    encoding: 'utf8',
    env: {
      PATH: `${join(answers, 'bin')}:${process.env.PATH}`,
      ANSWERS: answers,
      GITHUB_REPOSITORY: 'ann/server',
      RUN: '99',
      HEAD_SHA: SHA,
      HEAD_OWNER: 'bob',
      HEAD_BRANCH: 'topic',
      ...env,
    },
  });
  return { code: status, all: stdout + stderr };
}

const calls = (): string => readFileSync(join(answers, 'calls'), 'utf8');
const body = (): string => readFileSync(join(answers, 'body'), 'utf8');

it('posts the text at the pull request whose head it is of', () => {
  expect(comment()).toEqual({ code: 0, all: '' });
  expect(calls()).toContain('-f head=bob:topic');
  expect(calls()).toContain('--method POST repos/ann/server/issues/12/comments');
  expect(body()).toContain(`Plan of ${SHA}, made by a test.`);
  expect(body()).toContain('\n```text\nedge     create\n\n```\n');
});

it('rewrites the comment that is there', () => {
  writeFiles(answers, { comments: '41\n42\n' });
  expect(comment().code).toBe(0);
  expect(calls()).toContain('--method PATCH repos/ann/server/issues/comments/42');
});

it('posts nothing for a commit that is the head of no open pull request', () => {
  writeFiles(answers, { pulls: `${'b'.repeat(40)} 3\n` });
  expect(comment().code).toBe(0);
  expect(calls().split('\n').filter(Boolean)).toHaveLength(1);
});

it('lets the text neither leave its fence, nor move a cursor, nor fill a disk', () => {
  archive(`\u001b[2J\u0000before\n\`\`\`\`\n# not a heading @everyone\n${'x'.repeat(3_000_000)}\n`);
  expect(comment().code).toBe(0);
  const text = body();
  expect(text).toContain('`````text\n[2Jbefore\n````\n# not a heading');
  expect(text.length).toBeLessThan(65_536);
  expect(text).toMatch(/x\n`````\nCut after 60000 bytes/);
});

it('reads no name, number or command from the artifact', () => {
  archive('7\n', '12;touch pwned');
  expect(comment().code).toBe(0);
  expect(body()).toMatch(/```text\n\n```\n/);
  archive('$(touch pwned) `touch pwned`\n');
  expect(comment().code).toBe(0);
  expect(existsSync(join(answers, 'pwned'))).toBe(false);
  expect(existsSync('pwned')).toBe(false);
});

it.each<Record<string, string>>([
  { NUMBER: '12/../../x' },
  { NUMBER: '12', HEAD_SHA: 'main' },
  { NUMBER: '0' },
])('refuses %j, for a number and a commit', (env) => {
  expect(comment(env)).toMatchObject({ code: 1, all: expect.stringContaining('not the number') });
  expect(existsSync(join(answers, 'calls'))).toBe(false);
});
