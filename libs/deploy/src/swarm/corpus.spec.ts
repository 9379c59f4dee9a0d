import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { UserError } from '@itsup/config';
import { describeWithStackConfig } from '@itsup/config/testing/describe-with-compose';
import type { ComposeModel } from '@itsup/docker';
import { parse } from 'yaml';

import type { StackChoices } from './stack-choices';
import { toStack } from './to-stack';
import type { StackFile } from './stack-file';

const run = promisify(execFile);
const LIBS = join(__dirname, '../../..');
const CORPUS = join(__dirname, '__fixtures__/corpus');

const choices: StackChoices = {
  image: (service) => `example.com/${service}@sha256:${'0'.repeat(64)}`,
  order: () => 'stop-first',
  fileObject: (_kind, key) => `p_${key}_0a1b`,
};

/** No engine is there to ask. */
const WITHOUT_ENGINE = { ...process.env, DOCKER_HOST: 'unix:///nowhere', PW: 'x', COMPOSE_PROFILES: '*' };

async function modelOf(folder: string, file: string | null): Promise<ComposeModel> {
  const texts = readdirSync(folder).filter((name) => name.endsWith('.yml'));
  const named = texts.flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/\$\{(\w+)/g)]);
  const values = Object.fromEntries(named.map(([, name = '']) => [name, process.env[name] ?? '1234']));
  const args = ['compose', ...(file === null ? [] : ['-f', file]), 'config'];
  const { stdout } = await run('docker', args, { cwd: folder, env: { ...values, ...WITHOUT_ENGINE } });
  return parse(stdout) as ComposeModel;
}

/** The judge: `docker stack config` reads the file as a deploy would. Rejects with what it says. */
async function asTheCliReadsIt(stack: StackFile): Promise<{ stack: StackFile; said: string }> {
  const child = run('docker', ['stack', 'config', '-c', '-'], { env: WITHOUT_ENGINE });
  child.child.stdin?.end(JSON.stringify(stack));
  const { stdout, stderr } = await child;
  return { stack: parse(stdout) as StackFile, said: stderr };
}

/** As the corpus says it: `accepted`, or what is refused. Rejects where the CLI has a word to say. */
async function verdict(folder: string, file: string | null): Promise<string[]> {
  const model = await modelOf(folder, file);
  try {
    const { said } = await asTheCliReadsIt(toStack(model, choices));
    if (said !== '') throw new Error(said);
    return ['accepted'];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ message }) => `refused: ${message.split(' is not possible')[0]}`);
  }
}

describeWithStackConfig('Compose files, read by `docker stack config`', () => {
  const files = readdirSync(CORPUS).sort();

  test.each(files)('%s: as its first lines say', async (file) => {
    const [, expected = ''] = /^((?:# .*\n)+)/.exec(readFileSync(join(CORPUS, file), 'utf8')) ?? [];
    expect(await verdict(CORPUS, file)).toEqual(
      expected
        .trim()
        .split('\n')
        .map((line) => line.slice(2)),
    );
  });

  test('every fixture there is comes to a verdict of ours, and what is accepted the CLI accepts', async () => {
    const folders = ['artifacts/src/__fixtures__/compose', 'config/src/__fixtures__/compose'].flatMap((at) =>
      readdirSync(join(LIBS, at)).map((name) => join(LIBS, at, name)),
    );
    const counts = { accepted: 0, refused: 0, unreadable: 0 };
    const failed: string[] = [];
    for (const folder of folders) {
      const copy = mkdtempSync(join(tmpdir(), 'swarm-corpus-'));
      cpSync(folder, copy, { recursive: true });
      const model = await modelOf(copy, null).catch(() => null);
      // Some fixtures are there for Compose to refuse them.
      if (model === null) counts.unreadable += 1;
      else {
        const said = await verdict(copy, null).catch((error: unknown) => [String(error)]);
        if (said[0] === 'accepted') counts.accepted += 1;
        else if (said.every((line) => line.startsWith('refused: '))) counts.refused += 1;
        else failed.push(`${folder}: ${said.join()}`);
      }
      rmSync(copy, { recursive: true });
    }
    expect(failed).toEqual([]);
    expect(counts.accepted).toBeGreaterThan(10);
    expect(counts.refused).toBeGreaterThan(3);
  }, 300_000);

  test('texts come through as they are: a dollar sign, a list of arguments', async () => {
    const model = await modelOf(CORPUS, 'monitoring.yml');
    const { services } = model;
    const only = { ...model, services: { prometheus: services['prometheus'] ?? {} } };
    const { stack } = await asTheCliReadsIt(toStack(only, choices));
    expect(stack.services['prometheus']?.['command']).toEqual([
      '--config.file=/etc/prometheus/prometheus.yml',
      '--web.external-url=http://${HOST}/',
    ]);
  });
});
