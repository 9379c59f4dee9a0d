import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { readProject, readSettings } from '@itsup/config';

import { foldersForFiles } from './folder-for-file';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(path.join(tmpdir(), 'itsup-binds-')));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
}

/** `line source` of each bind that would get a folder. */
async function found(volumes: string[], env: Record<string, string> | null = null): Promise<string[]> {
  const text = `services:\n  web:\n    image: a\n    volumes:\n${volumes.map((one) => `      - ${one}\n`).join('')}`;
  write('projects/app/docker-compose.yml', text);
  const { project } = await readProject(root, 'app', (await readSettings(root)).settings);
  return foldersForFiles(root, project.compose?.paths ?? [], env).map(
    ({ source, place }) => `${place.line} ${source}`,
  );
}

it.each<[string, string[]]>([
  ['./nginx.conf:/etc/nginx/nginx.conf', ['5 projects/app/nginx.conf']],
  ['./nginx.conf:/etc/nginx/nginx.conf:ro', ['5 projects/app/nginx.conf']],
  ['"./config:/etc/app/app.yml"', ['5 projects/app/config']],
  ['./Caddyfile:/etc/caddy/Caddyfile', ['5 projects/app/Caddyfile']],
  ['./.htpasswd:/etc/nginx/users', ['5 projects/app/.htpasswd']],
  ['../../shared/ca.pem:/ca', ['5 shared/ca.pem']],
  ['{type: bind, source: ./a.json, target: /a}', ['5 projects/app/a.json']],
  ['./data:/data', []],
  ['./conf.d:/etc/nginx/conf.d', []],
  ['./v1.2:/srv', []],
  ['./.ssh:/root/.ssh', []],
  ['./site.conf/:/etc/site/', []],
  ['data:/var/lib/x.db', []],
  ['/srv/somewhere/else.conf:/etc/else.conf', []],
  ['"./${NAME}.conf:/etc/a.conf"', []],
  ['{type: volume, source: data, target: /a.conf}', []],
])('%s', async (volume, expected) => {
  expect(await found([volume])).toEqual(expected);
});

it('says nothing of what is there, whatever it is, and knows the values of variables', async () => {
  const volumes = ['"./${NAME:-a}.conf:/etc/a.conf"', './b.conf:/etc/b.conf'];
  expect(await found(volumes, {})).toEqual(['5 projects/app/a.conf', '6 projects/app/b.conf']);
  write('projects/app/x.conf', '');
  mkdirSync(path.join(root, 'projects/app/b.conf'));
  expect(await found(volumes, { NAME: 'x' })).toEqual([]);
});
