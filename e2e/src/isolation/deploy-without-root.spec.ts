import { once } from 'node:events';
import { chown, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { containersOf, type ContainerState } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { freePorts } from '../harness/traffic/ports';
import { output, run, succeeded, userEnvironment, type Run } from '../harness/run';
import { createWorkspace, type TestWorkspace } from '../harness/workspace/workspace';
import { traefikApi } from '../routes/traefik';

const TRAEFIK_ID = 7411;
const DEPLOYER = 65_500;
/** The group that may use the engine. */
const DOCKER = 65_501;
const CERTIFICATES = JSON.stringify({ letsencrypt: { Account: null, Certificates: null } });

describeWithOwnEngine([], 'a deploy by somebody who is not root', () => {
  let workspace: TestWorkspace;
  let home: string;
  let outside: Server;

  beforeAll(async () => {
    outside = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(outside, 'listening');
    workspace = await createWorkspace();
    home = `${workspace.root}.home`;
    await writeRows([]);
    await workspace.commit('Add a project');
    await mkdir(home);
    await mkdir(workspace.state, { mode: 0o700 });
    for (const folder of [workspace.root, workspace.state, home])
      await output('chown', ['--recursive', '--no-dereference', `${DEPLOYER}:${DEPLOYER}`, folder]);
    await chown('/run/docker.sock', 0, DOCKER);
  });
  afterAll(async () => {
    await chown('/run/docker.sock', 0, 0);
    if (home) await run('rm', ['-rf', home]);
    await workspace?.dispose();
    outside?.close();
  });

  async function writeRows(hostports: number[]): Promise<void> {
    const { port } = outside.address() as AddressInfo;
    const rows = hostports.map((hostport) => ({ router: 'tcp', port, hostport, proxyprotocol: null }));
    const ingress = [{ domain: 'outside.localhost', port }, ...rows];
    await workspace.write(
      `projects/${workspace.name('outside')}/ingress.yml`,
      stringify({ host: '127.0.0.1', ingress }),
    );
  }

  function asDeployer(file: string, args: string[]): Promise<Run> {
    return run(
      'setpriv',
      [
        ...[`--reuid=${DEPLOYER}`, `--regid=${DEPLOYER}`, `--groups=${DOCKER}`],
        ...['--inh-caps=-all', '--bounding-set=-all', '--', file, ...args],
      ],
      {
        cwd: workspace.root,
        env: userEnvironment({ ITSUP_STATE: workspace.state, HOME: home, USER: 'deployer' }),
        timeoutMs: 280_000,
      },
    );
  }

  async function deploy(): Promise<ContainerState> {
    succeeded(await asDeployer(join(workspace.root, 'node_modules/.bin/itsup'), ['deploy']));
    return eventually(async () => {
      const found = (await containersOf('proxy')).filter(({ service }) => service === 'traefik');
      expect(found.map(({ health }) => health)).toEqual(['healthy']);
      return found[0] as ContainerState;
    });
  }

  const acme = (): string => join(workspace.state, 'acme/acme.json');

  it('cannot give a file away', async () => {
    const file = join(home, 'mine');
    expect((await asDeployer('touch', [file])).exitCode).toBe(0);
    expect((await asDeployer('chown', [String(TRAEFIK_ID), file])).all).toMatch(/not permitted/);
  });

  it('starts Traefik as a user of its own, which reads what is published', async () => {
    const { id } = await deploy();
    expect(await output('docker', ['exec', id, 'cat', '/proc/1/status'])).toMatch(
      new RegExp(`Uid:\\s+${TRAEFIK_ID}\\s`),
    );
    const published = await stat(join(workspace.state, 'traefik'));
    expect([published.uid, published.gid, published.mode & 0o777]).toEqual([DEPLOYER, TRAEFIK_ID, 0o750]);
    const { port, authorization } = await traefikApi();
    const answer = await fetch(`http://127.0.0.1:${port}/api/rawdata`, { headers: { authorization } });
    expect(await answer.text()).toContain('outside.localhost');
  });

  it('hands certificates of root’s to Traefik and replaces it, through a copy, while it serves', async () => {
    await writeFile(acme(), CERTIFICATES, { mode: 0o600 });
    await chown(acme(), 0, 0);
    const before = (await containersOf('proxy')).find(({ service }) => service === 'traefik');
    await writeRows(await freePorts(1));
    const after = await deploy();
    expect(after.id).not.toBe(before?.id);
    const { uid, mode } = await stat(acme());
    expect([uid, mode & 0o777]).toEqual([TRAEFIK_ID, 0o600]);
    expect(JSON.parse(await readFile(acme(), 'utf8'))).toEqual(JSON.parse(CERTIFICATES));
    expect(await readdir(workspace.state)).not.toContain('handover');
    expect((await run('docker', ['logs', after.id])).all).not.toMatch(/acme.*(permission|unable|denied)/i);
  });
});
