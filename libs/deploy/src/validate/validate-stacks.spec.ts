import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { generateStacks } from '@itsup/artifacts';
import { createDocker } from '@itsup/docker';

import { validateStacks, type ValidateOutcome } from './validate-stacks';

const TEMPLATES = path.resolve(__dirname, '../../../../templates');

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'itsup-validate-')));
  await symlink(TEMPLATES, path.join(root, 'templates'));
});

afterEach(() => rm(root, { recursive: true }));

/** Copies a fixture and generates its artifacts. */
async function generate(fixture: string): Promise<void> {
  cpSync(path.join(__dirname, '__fixtures__', fixture), root, { recursive: true });
  await generateStacks(root, ['blog', 'proxy'], () => undefined);
}

/** Validates on a machine that has no `docker`, or this one. */
async function validate(stack: string, binary = '/nowhere/docker'): Promise<ValidateOutcome> {
  const outcomes: ValidateOutcome[] = [];
  const docker = createDocker({ binary, env: {} });
  const onOutcome = (outcome: ValidateOutcome) => outcomes.push(outcome);
  await validateStacks({ root, stacks: [stack], docker, parallel: 1, onOutcome });
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error(`${stack} has no outcome`);
  return outcome;
}

/** `file:line:column message` of the errors. */
function errors({ problems }: ValidateOutcome): string[] {
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ place, message }) => `${place?.file}:${place?.line}:${place?.column} ${message}`);
}

describe('validateStacks without Docker', () => {
  it.each(['blog', 'proxy'])(
    'passes the sound stack %s and says what it was checked without',
    async (stack) => {
      await generate('sound');
      expect(await validate(stack)).toEqual({
        stack,
        problems: [
          {
            code: 'checked-without-compose',
            severity: 'note',
            message: expect.stringContaining('checked without Compose: '),
            help: expect.stringMatching(/YAML, the names of keys, .* Not checked: other values/),
          },
        ],
      });
    },
  );

  it.each([
    ['blog', 'secrets/blog.enc.env', 'PASSWORD=hunter22\n', /is not encrypted, and git would take it$/],
    ['proxy', 'secrets/itsup.enc.txt', 'A=b\n', /is not encrypted/],
    ['blog', 'secrets/blog.enc.env', '', /is empty, as SOPS leaves a file that it could not encrypt/],
  ])('refuses for %s: %s that says %j', async (stack, file, text, message) => {
    await generate('sound');
    mkdirSync(path.join(root, 'secrets'));
    writeFileSync(path.join(root, file), text);
    const [found = ''] = errors(await validate(stack));
    expect(found).toMatch(message);
    expect(found).toContain(`${file}:1:1 `);
    expect(found).not.toContain('hunter22');
    writeFileSync(path.join(root, file), `PASSWORD="ENC[AES256_GCM,data:x]"\nsops_version=3.9.0\n`);
    expect(errors(await validate(stack))).toEqual([]);
  });

  it('finds misspelt keys in every Compose file of a project, with place and suggestion', async () => {
    await generate('misspelt');
    const outcome = await validate('blog');
    expect(errors(outcome)).toEqual([
      'projects/blog/docker-compose.yml:4:5 the Compose specification has no `portss` in `services.web` — did you mean `ports`?',
      'projects/blog/docker-compose.yml:6:7 the Compose specification has no `tests` in `services.web.healthcheck` — did you mean `test`?',
      'projects/blog/docker-compose.yml:11:1 the Compose specification has no `volume` at the top level — did you mean `volumes`?',
      'shared/worker.yml:4:5 the Compose specification has no `enviroment` in `services.worker` — did you mean `environment`?',
    ]);
    expect(outcome.problems).toContainEqual(expect.objectContaining({ code: 'checked-without-compose' }));
  });

  it.each([
    ['proxy', 'proxy/docker-compose.yml', 'restart:'],
    ['blog', 'upstream/blog/docker-compose.ingress.yml', 'labels:'],
  ])('checks what was generated for %s too', async (stack, file, key) => {
    await generate('sound');
    const text = readFileSync(path.join(root, file), 'utf8');
    writeFileSync(path.join(root, file), text.replace(key, `x${key}`));
    const line = text.slice(0, text.indexOf(key)).split('\n').length;
    expect(errors(await validate(stack))).toEqual([
      expect.stringContaining(`${file}:${line}:5 the Compose specification has no \`x${key.slice(0, -1)}\``),
    ]);
  });

  it('wants the artifact to be there', async () => {
    await generate('sound');
    await rm(path.join(root, 'upstream'), { recursive: true });
    expect((await validate('blog')).problems).toMatchObject([
      { code: 'artifact-missing', help: 'run itsup generate blog' },
    ]);
  });
});

describe('validateStacks of an edge that leads nowhere', () => {
  it('fails the consumer, at its line, and not the proxy', async () => {
    await generate('sound');
    writeFileSync(path.join(root, 'projects/blog/ingress.yml'), 'egress: ["nowhere:redis"]\n');
    expect(errors(await validate('blog'))).toEqual([
      'projects/blog/ingress.yml:1:10 egress nowhere:redis leads nowhere: there is no project nowhere',
    ]);
    expect(errors(await validate('proxy'))).toEqual([]);
  });
});

describe('validateStacks with Docker', () => {
  /** A `docker` whose Compose has this version and ends so on `config`; what it was asked for is in `asked`. */
  function dockerOf(version: string, config: string): string {
    const file = path.join(root, 'docker');
    const script = [
      '#!/bin/sh',
      `echo "$*" >> ${root}/asked`,
      'case "$*" in',
      `"compose version --short") echo ${version} ;;`,
      `compose*config*) ${config} ;;`,
      'version*) echo "{}" ;;',
      'esac',
    ];
    writeFileSync(file, script.join('\n'), { mode: 0o755 });
    return file;
  }

  it('asks nothing but the verdict where that is good', async () => {
    await generate('sound');
    expect(await validate('blog', dockerOf('2.26.1', 'exit 0'))).toEqual({ stack: 'blog', problems: [] });
    expect(readFileSync(path.join(root, 'asked'), 'utf8').trim().split('\n')).toEqual([
      expect.stringContaining('config --quiet'),
    ]);
  });

  const objection = 'echo "services.web Additional property x is not allowed" >&2; exit 15';

  it('believes the objection of a Compose that knows the artifacts', async () => {
    await generate('sound');
    expect((await validate('blog', dockerOf('2.26.1', objection))).problems).toMatchObject([
      { severity: 'error', message: expect.stringContaining('Additional property x') as string },
    ]);
  });

  it('does not believe one that is too old', async () => {
    await generate('sound');
    expect((await validate('blog', dockerOf('2.17.3', objection))).problems).toMatchObject([
      { code: 'checked-without-compose', message: expect.stringContaining('2.17.3') as string },
    ]);
  });
});
