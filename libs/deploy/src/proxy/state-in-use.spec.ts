import { mkdirSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { ContainerSummary } from '@itsup/docker';

import { openState, type State } from '../state/state';
import { findStateInUse, judgeStateInUse, noteOn, readsOtherFiles, stateProblem } from './state-in-use';

describe('judgeStateInUse', () => {
  const own = '/var/lib/itsup';
  it.each([
    ['nothing is mounted', { mounted: null, isSame: null, isThere: false }, { kind: 'none' }, false],
    [
      'the path and the folder are the same',
      { mounted: own, isSame: true, isThere: true },
      { kind: 'same' },
      false,
    ],
    [
      'nobody can tell whether the folder is',
      { mounted: own, isSame: null, isThere: true },
      { kind: 'same' },
      false,
    ],
    [
      'another folder is at the path',
      { mounted: own, isSame: false, isThere: true },
      { kind: 'replaced' },
      true,
    ],
    [
      'the folder is at another path by now',
      { mounted: '/old', isSame: true, isThere: false },
      { kind: 'moved', from: '/old', sameFolder: true },
      false,
    ],
    [
      'the folder is gone, and this is another',
      { mounted: '/old', isSame: false, isThere: false },
      { kind: 'moved', from: '/old', sameFolder: false },
      true,
    ],
    [
      'another one is there',
      { mounted: '/old', isSame: false, isThere: true },
      { kind: 'second', from: '/old' },
      true,
    ],
    [
      'another one is there, of a container that does not run',
      { mounted: '/old', isSame: null, isThere: true },
      { kind: 'second', from: '/old' },
      true,
    ],
  ])('%s', (_, facts, expected, others) => {
    const found = judgeStateInUse({ own, ...facts });
    expect(found).toEqual(expected);
    expect(readsOtherFiles(found)).toBe(others);
  });

  it('says what is out of the ordinary, and refuses a second one alone', () => {
    expect(noteOn({ kind: 'same' }, own, false)).toBeNull();
    expect(noteOn({ kind: 'replaced' }, own, false)).not.toMatch(/certificates/);
    expect(noteOn({ kind: 'replaced' }, own, true)).toMatch(/certificates are asked for anew/);
    expect(stateProblem({ kind: 'moved', from: '/old', sameFolder: false }, own)).toBeNull();
    expect(stateProblem({ kind: 'second', from: '/srv/state' }, own)?.problems[0]).toMatchObject({
      message: expect.stringContaining('runs with the state folder /srv/state, not with /var/lib/itsup'),
      help: expect.stringContaining('ITSUP_STATE=/srv/state'),
    });
  });
});

describe('findStateInUse', () => {
  const COMPOSE_FILE = '/srv/itsup/proxy/docker-compose.yml';
  let folder: string;
  let state: State;
  let asked: number;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'itsup-in-use-'));
    state = openState(path.join(folder, 'state'));
    for (const name of ['traefik', 'acme']) mkdirSync(path.join(state.dir, name), { recursive: true });
    writeFileSync(state.workspaceFile, '{"version": 1}');
    asked = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function traefik(
    dir: string,
    change: Partial<ContainerSummary> = {},
    composeFile = COMPOSE_FILE,
  ): ContainerSummary {
    return {
      ...{ id: 'a', name: 'proxy-traefik-1', image: 'traefik', state: 'running', status: 'Up', health: null },
      ...{ networks: [], ports: [], labels: {}, mounts: [`${dir}/acme`, `${dir}/traefik`, 'proxy_engine'] },
      compose: {
        ...{ project: 'proxy', service: 'traefik', configHash: '', number: 1, oneoff: false, workingDir: '' },
        ...{ configFiles: [composeFile], imageId: '' },
      },
      ...change,
    };
  }

  /** An engine whose Traefik was started with what is at `dir` now. */
  function engine(dir: string) {
    const inodes = ['traefik', 'acme'].map((name) => statSync(path.join(dir, name), { bigint: true }).ino);
    return {
      exec: () => {
        asked += 1;
        return Promise.resolve({ exitCode: 0, stdout: `${inodes.join('\n')}\n`, stderr: '' });
      },
      inspectContainers: () =>
        Promise.resolve([
          {
            mounts: [
              {
                ...{ type: 'bind', name: null, readOnly: true },
                destination: '/etc/traefik',
                source: path.join(dir, 'traefik'),
              },
            ],
          },
        ]),
    };
  }

  const find = (docker: ReturnType<typeof engine>, listing: ContainerSummary[], remember = true) =>
    findStateInUse({ state, docker }, listing, COMPOSE_FILE, remember);

  it('asks a container once, and again when the folder is another', async () => {
    const docker = engine(state.dir);
    const listing = [traefik(state.dir)];
    expect(await find(docker, listing)).toEqual({ kind: 'same' });
    expect(await find(docker, listing)).toEqual({ kind: 'same' });
    expect(asked).toBe(1);
    renameSync(state.dir, `${state.dir}.before`);
    mkdirSync(path.join(state.dir, 'traefik'), { recursive: true });
    mkdirSync(path.join(state.dir, 'acme'));
    expect(await find(docker, listing)).toEqual({ kind: 'replaced' });
    expect(asked).toBe(2);
  });

  it('does not write for a plan', async () => {
    await find(engine(state.dir), [traefik(state.dir)], false);
    await find(engine(state.dir), [traefik(state.dir)], false);
    expect(asked).toBe(2);
  });

  it('knows a folder that is not there any more', async () => {
    const docker = engine(state.dir);
    rmSync(state.dir, { recursive: true });
    expect(await find(docker, [traefik(state.dir)])).toEqual({ kind: 'replaced' });
  });

  it('knows a moved folder by its inodes, and another one by its identity', async () => {
    const docker = engine(state.dir);
    const old = state.dir;
    const listing = [traefik(old)];
    state = openState(`${old}.moved`);
    renameSync(old, state.dir);
    expect(await find(docker, listing)).toEqual({ kind: 'moved', from: old, sameFolder: true });
    for (const name of ['traefik', 'acme']) mkdirSync(path.join(old, name), { recursive: true });
    const another = [traefik(old, { id: 'b' })];
    expect(await find(engine(old), another)).toEqual({ kind: 'moved', from: old, sameFolder: false });
    writeFileSync(path.join(old, 'workspace.json'), '{"version": 1}');
    expect(await find(engine(old), another)).toEqual({ kind: 'second', from: old });
  });

  it('leaves the proxy of another workspace to whom it belongs', async () => {
    const foreign = traefik('/other', {}, '/home/ann/proxy/docker-compose.yml');
    expect(await find(engine(state.dir), [foreign])).toEqual({ kind: 'none' });
  });
});
