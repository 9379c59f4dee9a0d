import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

import { describeOnOwnEngine } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { TRAEFIK } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { output, run, succeeded } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';

const TRAEFIK_ID = 7411;
const LIMIT = 64 * 1024 * 1024;
const LOG = '/var/log/traefik';

/** The generated service, run by Compose alone and twice, as in a hand-over: CrowdSec itself takes no part. */
describeOnOwnEngine([TRAEFIK], 'the access log that CrowdSec reads', () => {
  let workspace: TestWorkspace;
  let state: string;
  let folder: string;
  let ports: number[];

  beforeAll(async () => {
    workspace = await createWorkspace({ settings: { crowdsec: { enabled: true } } });
    succeeded(await workspace.nx(['run', 'proxy:generate']));
    const generated = parse(await workspace.read('proxy/docker-compose.yml')) as {
      services: { traefik: { healthcheck: { test: string[] }; volumes: string[]; user: string } };
    };
    const { traefik } = generated.services;
    folder = await mkdtemp(join(tmpdir(), 'itsup-e2e-log-'));
    state = join(folder, 'state');
    await mkdir(join(state, 'traefik'), { recursive: true });
    await mkdir(join(state, 'log'));
    await chmod(folder, 0o755);
    await chown(join(state, 'log'), 0, TRAEFIK_ID);
    await chmod(join(state, 'log'), 0o770);
    ports = await freePorts(4);
    const { accessLog } = parse(await workspace.read('proxy/traefik/traefik.yml')) as { accessLog: object };
    const services: Record<string, object> = {};
    for (const [index, name] of ['one', 'two'].entries()) {
      const [web = 0, internal = 0] = ports.slice(2 * index);
      await writeFile(
        join(state, `traefik/${name}.yml`),
        stringify({
          accessLog,
          ping: { entryPoint: 'traefik' },
          entryPoints: {
            traefik: { address: `127.0.0.1:${internal}` },
            web: { address: `127.0.0.1:${web}` },
          },
        }),
      );
      services[name] = {
        ...traefik,
        command: [`--configFile=/etc/traefik/${name}.yml`],
        volumes: traefik.volumes.filter((mount) => /:\/(etc\/traefik|var\/log\/traefik)(:|$)/.test(mount)),
        depends_on: [],
        secrets: [],
        healthcheck: { disable: true },
      };
    }
    await writeFile(join(folder, 'compose.yml'), stringify({ name: `${workspace.prefix}log`, services }));
    await output('docker', ['compose', '--file', join(folder, 'compose.yml'), 'up', '--detach'], {
      env: { PATH: process.env['PATH'] ?? '', ITSUP_STATE: state },
    });
    for (const index of [0, 1]) await eventually(async () => expect(await ask(index, '/')).toBe(404));
  });
  afterAll(async () => {
    await workspace?.dispose();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function ask(index: number, path: string): Promise<number> {
    return (await fetch(`http://127.0.0.1:${ports[2 * index]}${path}`)).status;
  }

  /** Runs the generated health check, as the engine does. */
  async function check(name: string): Promise<number | undefined> {
    const generated = parse(await workspace.read('proxy/docker-compose.yml')) as {
      services: { traefik: { healthcheck: { test: string[] } } };
    };
    // Compose halves the dollar signs; this instance has its configuration elsewhere.
    const command = (generated.services.traefik.healthcheck.test[1] ?? '')
      .replaceAll('$$', '$')
      .replace('traefik healthcheck', `traefik healthcheck --configFile=/etc/traefik/${name}.yml`);
    return (await run('docker', ['exec', `${workspace.prefix}log-${name}-1`, 'sh', '-c', command])).exitCode;
  }

  const text = (file: string): Promise<string> => readFile(join(state, 'log', file), 'utf8');

  it('is written by two instances side by side, as Traefik’s user, on a read-only root', async () => {
    // One that still starts answers before it logs.
    await eventually(async () => {
      await Promise.all([ask(0, '/first'), ask(1, '/second')]);
      const lines = (await text('access.log')).trim().split('\n');
      const paths = lines.map((line) => (JSON.parse(line) as { RequestPath: string }).RequestPath);
      expect(paths).toEqual(expect.arrayContaining(['/first', '/second']));
    });
    const { uid } = await stat(join(state, 'log/access.log'));
    expect(uid).toBe(TRAEFIK_ID);
    expect((await run('docker', ['logs', `${workspace.prefix}log-one-1`])).all).not.toContain('RequestPath');
  });

  it('stays as it is while it is small', async () => {
    expect(await check('one')).toBe(0);
    await expect(stat(join(state, 'log/access.log.1'))).rejects.toThrow(/ENOENT/);
  });

  it('is begun anew by the health check when it is large, and no line is lost', async () => {
    const log = `${LOG}/access.log`;
    await output('docker', [
      ...['exec', `${workspace.prefix}log-one-1`, 'sh', '-c'],
      `head -c ${LIMIT} /dev/zero >>${log}`,
    ]);
    expect(await check('one')).toBe(0);
    expect((await stat(join(state, 'log/access.log.1'))).size).toBeGreaterThan(LIMIT);
    await eventually(async () => {
      await ask(0, '/third');
      expect(await text('access.log')).toContain('/third');
    });
    // The other instance, whose turn to be told has not come, goes on in the old file.
    await ask(1, '/fourth');
    await eventually(async () => expect(await text('access.log.1')).toContain('/fourth'));
    expect(await check('one')).toBe(0);
    expect((await stat(join(state, 'log/access.log'))).size).toBeLessThan(LIMIT);
  });
});
