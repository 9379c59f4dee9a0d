import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { stringify } from 'yaml';

import { missingVersion, updateCheckout } from '../harness/workspace/checkout';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { containersOf, type ContainerState } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';
import { createLoadWorkspace } from '../load';

/** The last version that put every public service on one network. */
const SHARING = '9e229c1';

const SERVER = `
  require('node:http').createServer((_, response) => response.end('{}')).listen(8080);
  process.once('SIGTERM', () => process.exit());
`;

/**
 * Looks the name up and connects anew for each of 50 calls a second. Says each call that failed, and how many went
 * well.
 */
const ASKER = `
  const http = require('node:http');
  http.createServer((_, response) => response.end('{}')).listen(8080);
  const id = require('node:os').hostname();
  let well = 0;
  let open = 0;
  const say = () => console.log(JSON.stringify({ id, well }));
  const call = () => {
    open += 1;
    const began = Date.now();
    const failed = (why) => console.log(JSON.stringify({ id, failed: why, after: Date.now() - began, at: new Date() }));
    http.get('http://kept:8080', { agent: false, timeout: 5000 }, (r) => {
      r.resume().on('end', () => { open -= 1; if (r.statusCode === 200) well += 1; else failed(r.statusCode); });
    }).on('error', (error) => { open -= 1; failed(error.message); }).on('timeout', function () { this.destroy(new Error('timeout')); });
  };
  const calls = setInterval(call, 20);
  setInterval(say, 500);
  process.once('SIGTERM', () => {
    clearInterval(calls);
    setInterval(() => { if (open === 0) { say(); process.exit(); } }, 20);
  });
`;

interface Line {
  id: string;
  well?: number;
  failed?: string;
}

/** What all containers of a Compose project say, those that come later too. */
class Following {
  private text = '';
  private readonly child: ChildProcess;

  constructor(project: string) {
    const args = ['compose', '-p', project, 'logs', '--follow', '--no-log-prefix', '--no-color'];
    this.child = spawn('docker', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  lines(): Line[] {
    // Compose 2.26 clears the line before each.
    const whole = stripVTControlCharacters(this.text)
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'));
    return whole.map((line) => JSON.parse(line) as Line);
  }

  /** Calls that went well, by the container that made them. */
  well(): Map<string, number> {
    return new Map(this.lines().flatMap(({ id, well }) => (well === undefined ? [] : [[id, well] as const])));
  }

  failures(): Line[] {
    return this.lines().filter(({ failed }) => failed !== undefined);
  }

  end(): void {
    this.child.kill();
  }
}

describeWithOwnEngine([NODE], 'a project that asks another over the network that all shared', () => {
  let workspace: TestWorkspace;
  let following: Following | undefined;
  const only = async (folder: string): Promise<ContainerState> => {
    const [container, ...more] = await containersOf(workspace.name(folder));
    if (!container || more.length > 0) throw new Error(`${folder} has ${more.length + 1} containers`);
    return container;
  };

  async function write(folder: string, program: string, web: object, more: object = {}): Promise<void> {
    const project = workspace.name(folder);
    const command = ['node', '-e', program.replaceAll('$', '$$$$')];
    const service = { image: NODE, command, stop_grace_period: '10s', ...web };
    const compose = { services: { [folder]: service }, volumes: { data: {} } };
    await workspace.write(`projects/${project}/docker-compose.yml`, stringify(compose));
    const ingress = [{ service: folder, domain: `${folder}.load.test`, port: 8080 }];
    await workspace.write(`projects/${project}/ingress.yml`, stringify({ ingress, ...more }));
  }

  beforeAll(async () => {
    const missing = await missingVersion(SHARING);
    if (missing !== null) throw new Error(missing);
    workspace = await createLoadWorkspace({ version: SHARING });
    await write('kept', SERVER, { volumes: ['data:/data'] });
    await write('asker', ASKER, {});
    await workspace.commit('Add the projects');
    succeeded(await workspace.nx(['run-many', '-t', 'deploy'], { timeoutMs: 400_000 }));
    await updateCheckout(workspace.root);
    await write('asker', ASKER, {}, { egress: [`${workspace.name('kept')}:kept`] });
  }, 900_000);
  afterAll(async () => {
    following?.end();
    await workspace?.dispose();
  });

  it('goes on by the edge that its line gives it, and no call of it fails, while both leave', async () => {
    const [kept, asker] = [await only('kept'), await only('asker')];
    for (const { addresses } of [kept, asker]) expect(addresses['proxynet']).toMatch(/^172\.20\./);
    const seen = (following = new Following(workspace.name('asker')));
    await eventually(() => {
      expect([...seen.well().values()].some((calls) => calls > 50)).toBe(true);
      return Promise.resolve();
    });
    const failedBefore = seen.failures().length;

    const edge = `${workspace.name('asker')}--${workspace.name('kept')}--kept`;
    succeeded(await workspace.nx(['deploy', workspace.name('kept')], { timeoutMs: 400_000 }));
    expect((await only('kept')).id).toBe(kept.id);
    expect(Object.keys((await only('kept')).addresses)).not.toContain('proxynet');
    // The consumer's own deploy is a while away.
    await sleep(3_000);
    expect(Object.keys((await only('asker')).addresses)).toContain(edge);
    expect(seen.failures().slice(failedBefore)).toEqual([]);

    succeeded(await workspace.nx(['deploy', workspace.name('asker')], { timeoutMs: 400_000 }));
    await sleep(2_000);
    const after = await only('asker');
    expect(after.id).not.toBe(asker.id);
    expect(Object.keys(after.addresses).sort()).toEqual([edge, `${workspace.name('asker')}_default`].sort());
    expect(seen.failures().slice(failedBefore)).toEqual([]);
    const calls = seen.well();
    expect(calls.size).toBe(2);
    expect(Math.min(...calls.values())).toBeGreaterThan(50);
    const both = ['asker', 'kept'].map((folder) => workspace.name(folder));
    const { all } = succeeded(await workspace.itsup(['plan', ...both]));
    expect(all).toContain('2 stacks without a change');
    expect(all).not.toMatch(/ (move|recreate|rollout|connect) /);
  }, 400_000);
});
