import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { generateStacks } from '@itsup/artifacts';
import { UserError } from '@itsup/config';
import { createDocker } from '@itsup/docker';

import { SimulatedWorkspace } from '../testing/simulated-workspace';
import { stackCompose } from './stack-compose';

const WEB = 'services:\n  web:\n    image: busybox\n';

let simulated: SimulatedWorkspace;
beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(() => simulated.dispose());

/**
 * Says why the command is refused, by the codes; none: it is not. What was generated is of the time before isolation.
 */
async function refused(
  files: Record<string, string>,
  isolation: 'standard' | 'strict',
  words: string[],
): Promise<string[]> {
  const { root } = simulated;
  const write = (name: string, text: string): void => {
    const file = path.join(root, 'projects', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const settings = 'dns: {enabled: false}\nletsencrypt: {email: a@example.com}\n';
  for (const [name, text] of Object.entries({ 'itsup.yml': settings, ...files })) write(name, text);
  await generateStacks(root, ['app'], () => undefined);
  write('itsup.yml', `${settings}isolation: ${isolation}\n`);
  const docker = createDocker({ env: { PATH: process.env['PATH'], HOME: root } });
  try {
    await stackCompose(simulated.context({ docker }), 'app', words);
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.problems.map(({ code }) => code);
    throw error;
  }
}

/** No engine is needed for `docker compose config`. */
const hasCompose = spawnSync('docker', ['compose', 'version', '--short']).status === 0;
const { skip } = describe;
const title = 'a command of Compose that makes containers is refused where a deploy would be';

(hasCompose ? describe : skip)(hasCompose ? title : `${title} (left out: no \`docker compose\` here)`, () => {
  const app = (more: string): Record<string, string> => ({ 'app/docker-compose.yml': `${WEB}${more}` });
  const other = { 'other/docker-compose.yml': WEB, 'other/data/a': 'a' };

  it.each<[string, Record<string, string>, string]>([
    ['the engine’s socket', app('    volumes: [/var/run/docker.sock:/s]\n'), 'mounts-engine'],
    [
      'the socket behind a variable',
      { ...app('    volumes: ["${WHAT}:/s"]\n'), 'app/.env': 'WHAT=/var/run/docker.sock\n' },
      'mounts-engine',
    ],
    [
      'the socket, in a profile that is off',
      {
        ...app('  tool:\n    image: busybox\n    profiles: [dev]\n    volumes: ["${WHAT}:/s"]\n'),
        'app/.env': 'WHAT=/var/run/docker.sock\n',
      },
      'mounts-engine',
    ],
    ['the host’s network', app('    network_mode: host\n'), 'joins-host-network'],
    [
      'another project’s folder, behind a variable',
      { ...app('    volumes: ["${WHAT}:/s"]\n'), ...other, 'app/.env': 'WHAT=../other/data\n' },
      'foreign-folder',
    ],
  ])('%s, where isolation is strict', async (_, files, code) => {
    expect(await refused(files, 'strict', ['--profile', 'dev', 'up', '-d'])).toEqual([code]);
    expect(await refused(files, 'standard', ['up'])).toEqual([]);
  });

  it('a host that is another project’s', async () => {
    const ingress = 'ingress: [{service: web, domain: a.example.com, port: 80}]\n';
    const files = { ...app(''), ...other, 'app/ingress.yml': ingress, 'other/ingress.yml': ingress };
    expect(await refused(files, 'standard', ['up'])).toEqual(['route-conflict']);
  });

  it('behind options of Compose itself', async () => {
    const files = app('    volumes: [/var/run/docker.sock:/s]\n');
    for (const words of [
      ['--progress', 'plain', 'up'],
      ['--ansi=never', '--dry-run', 'run', 'web'],
      ['--insecure-registry', 'r.test', 'up'],
      ['--profile', '-p', 'up'],
      ['-vp', 'other', 'up'],
      ['--of-a-later-version', 'value', 'up'],
    ])
      expect(await refused(files, 'strict', words)).toEqual(['mounts-engine']);
  });

  it.each(['run', 'create', 'scale', 'watch'])('by `%s` too', async (word) => {
    const files = app('    volumes: [/var/run/docker.sock:/s]\n');
    expect(await refused(files, 'strict', [word, 'web'])).toEqual(['mounts-engine']);
  });

  it('but what looks, or stops, goes on', async () => {
    const files = app('    volumes: [/var/run/docker.sock:/s]\n');
    const run = ['exec', 'web', 'npm', 'run', 'migrate'];
    const value = ['--profile', 'up', '-v', '--verbose', 'ps', 'run'];
    for (const words of [['ps'], ['logs', '-f', 'watch'], run, value, ['down'], []])
      expect(await refused(files, 'strict', words)).toEqual([]);
  });
});
