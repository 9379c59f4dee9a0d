import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { ComposeModel, ComposeService } from '@itsup/docker';

import { missingBinds, missingContexts, missingFiles, type SourcesOnHost } from './missing-sources';

const FILE = 'projects/app/docker-compose.yml';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'missing-sources-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): string {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
  return join(root, file);
}

function missing(
  web: ComposeService,
  more: Partial<ComposeModel> = {},
  host: Partial<SourcesOnHost> = {},
): string[] {
  const on = { stack: 'app', root, files: [FILE], contentOf: (file: string) => file, ...host };
  const model = { name: 'app', services: { web }, ...more };
  return [...missingFiles(model, on), ...missingContexts(model, ['web'], on)].map(
    ({ message, place }) => `${place?.line ?? 0} ${message}`,
  );
}

it('names the file of a secret or config that a service uses, at its line', () => {
  write(
    FILE,
    'services:\n  web:\n    image: a\nsecrets:\n  key: {file: ./key.txt}\nconfigs:\n  c: {file: ./c.txt}\n',
  );
  const more = {
    secrets: { key: { file: join(root, 'projects/app/key.txt') }, unused: { file: '/nowhere/else' } },
    configs: { c: { file: join(root, 'projects/app/c.txt') }, inline: { content: 'x' } },
  };
  const web = { secrets: [{ source: 'key' }], configs: [{ source: 'c' }, { source: 'inline' }] };
  expect(missing(web, more)).toEqual([
    '7 the file of the config c, projects/app/c.txt, is not there',
    '5 the file of the secret key, projects/app/key.txt, is not there',
  ]);
  expect(missing({ ...web, scale: 0 }, more)).toEqual([]);
  write('projects/app/key.txt', 'k');
  write('projects/app/c.txt', 'c');
  expect(missing(web, more)).toEqual([]);
});

it('names what a service is built from, and its Dockerfile', () => {
  write(FILE, 'services:\n  web:\n    build: ./nowhere\n');
  const context = join(root, 'projects/app/nowhere');
  expect(missing({ build: { context } })).toEqual([
    '3 what web is built from, projects/app/nowhere, is not there',
  ]);
  write('projects/app/nowhere/main.js', '');
  expect(missing({ build: { context } })).toEqual([
    '3 the Dockerfile of web, projects/app/nowhere/Dockerfile, is not there',
  ]);
  expect(missing({ build: { context, dockerfile_inline: 'FROM a' } })).toEqual([]);
  write('projects/app/nowhere/Dockerfile', 'FROM a');
  expect(missing({ build: { context } })).toEqual([]);
});

it('takes the Dockerfile that BuildKit takes', () => {
  write('projects/app/web/dockerfile', 'FROM a');
  const context = join(root, 'projects/app/web');
  expect(missing({ build: { context, dockerfile: 'Dockerfile' } })).toEqual([]);
  expect(missing({ build: { context, dockerfile: 'Dockerfile.web' } })).toHaveLength(1);
});

it('says nothing of what is elsewhere, and of what is looked up in a checkout', () => {
  const context = join(root, 'gone');
  expect(missing({ build: { context: 'https://example.com/repository.git' } })).toEqual([]);
  write('checkout/Dockerfile', 'FROM a');
  const contentOf = (file: string): string => file.replace('/gone', '/checkout');
  expect(missing({ build: { context } }, {}, { contentOf })).toEqual([]);
});

describe('a bind whose source is not there', () => {
  const source = (): string => join(root, 'projects/app/data');
  const told = async (
    bind: object | null,
    version: string | null,
    replaced = ['web'],
    more: Partial<SourcesOnHost> = {},
  ): Promise<string[]> => {
    write(FILE, 'services:\n  web:\n    volumes:\n      - {type: bind, source: ./data, target: /data}\n');
    const on = { stack: 'app', root, files: [FILE], contentOf: (file: string) => file, ...more };
    const volume = { type: 'bind' as const, source: source(), target: '/data', ...(bind && { bind }) };
    const services = { web: { volumes: [volume] } };
    const problems = await missingBinds({ services }, replaced, on, async () => version);
    return problems.map(({ message, place }) => `${place?.line ?? 0} ${message}`);
  };
  const SAID = ['3 what web mounts and nobody creates, projects/app/data, is not there'];

  // As each Compose treats what its `config` prints, tried on these versions or read at their tags.
  it.each<[object | null, string | null, boolean]>([
    [{ create_host_path: false }, '5.5.0', false],
    [{}, '5.5.0', true],
    [null, '5.5.0', true],
    [{ create_host_path: true }, '2.26.1-4', true],
    [{}, '2.26.1-4', false],
    [{ propagation: 'rslave' }, '2.26.1-4', false],
    [null, '2.26.1-4', false],
    [null, '2.40.3', true],
    [{}, '2.40.3', false],
    [{}, null, true],
  ])('and that is %j to Compose %s is made: %s', async (bind, version, isMade) => {
    expect(await told(bind, version)).toEqual(isMade ? [] : SAID);
    write('projects/app/data/x', '');
    expect(await told(bind, version)).toEqual([]);
  });

  it('is nothing to a service of which no container is made, and is looked for in a checkout', async () => {
    expect(await told(null, '2.26.1', [])).toEqual([]);
    write('checkout/x', '');
    const contentOf = (): string => join(root, 'checkout');
    expect(await told(null, '2.26.1', ['web'], { contentOf })).toEqual([]);
  });
});
