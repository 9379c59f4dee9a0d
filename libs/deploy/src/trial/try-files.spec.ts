import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { ContainerSummary } from '@itsup/docker';

import { tryFiles, type TrialRequest } from './try-files';

type Started = Parameters<TrialRequest['docker']['runDetached']>[0];

let root = '';
let started: Started[] = [];
let removed: string[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'itsup-trial-spec-'));
  started = [];
  removed = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const IMAGE = {
  ...{ id: 'sha256:1', tags: [], repoDigests: [], labels: {}, exposedPorts: [], volumes: [] },
  lastTagged: null,
  hasHealthcheck: false,
};
const CONTAINER: ContainerSummary = {
  ...{ id: '', name: 'left', image: 'traefik:v3', state: 'running', status: 'Up', health: null },
  ...{ networks: [], mounts: [], ports: [], compose: null, labels: {} },
};
const END = JSON.stringify({ level: 'error', routerName: 'trial~end@file', error: 'it does not exist' });

/** An engine with the image, whose Traefik says no word against any file. */
const engine: TrialRequest['docker'] = {
  inspectImages: (images) => Promise.resolve(new Map(images.map((image) => [image, IMAGE]))),
  listContainers: ({ labelFilters = [] } = {}) =>
    Promise.resolve(labelFilters.map((filter) => ({ ...CONTAINER, id: filter }))),
  logs: () => Promise.resolve(END),
  remove: (ids) => {
    removed.push(...ids);
    return Promise.resolve();
  },
  runDetached: (spec) => {
    started.push(spec);
    return Promise.resolve('trial');
  },
};

function request(remember: boolean): TrialRequest {
  return {
    docker: engine,
    state: { dir: join(root, 'state'), traefikDir: join(root, 'state/traefik') },
    system: { now: () => Date.now(), sleep: () => Promise.resolve() },
    image: 'traefik:v3.7.9',
    files: [{ path: 'traefik/traefik.yml', text: 'log: {level: INFO}\n' }],
    settings: { middlewaresOverride: null, traefikOverride: null },
    remember,
  };
}

const folderOf = ({ binds = [] }: Started): string => (binds[0] ?? '').split(':')[0] ?? '';

describe('tryFiles', () => {
  it('makes no state folder for a plan, and lets the engine make none', async () => {
    expect(await tryFiles(request(false))).toEqual([]);
    expect(started).toHaveLength(1);
    expect(started.flatMap(({ binds = [] }) => binds).some((bind) => bind.startsWith(root))).toBe(false);
    expect(existsSync(join(root, 'state'))).toBe(false);
    expect(started.map(folderOf).filter(existsSync)).toEqual([]);
    expect(removed).toEqual(['trial']);
  });

  it('looks less often the longer it takes, and gives up', async () => {
    let now = 0;
    let looks = 0;
    const found = await tryFiles({
      ...request(false),
      docker: { ...engine, logs: () => Promise.resolve(`${(looks += 1)}`) },
      system: { now: () => now, sleep: (ms) => Promise.resolve(void (now += ms)) },
    });
    expect(found).toMatchObject([{ severity: 'note', code: 'traefik-files-not-tried' }]);
    expect(looks).toBeLessThan(30);
    expect(removed).toEqual(['trial']);
  });

  it('is in the group that may read what is published', async () => {
    mkdirSync(join(root, 'state/traefik'), { recursive: true });
    const { gid } = statSync(join(root, 'state/traefik'));
    await tryFiles(request(true));
    expect(started.map(({ user }) => user)).toEqual([`65534:${gid}`]);
    expect(started[0]?.binds).toContain(`${join(root, 'state/traefik')}:/etc/traefik:ro`);
  });

  it('tries once, and removes what a killed deploy left, but no trial that may be under way', async () => {
    const old = join(root, 'state/trial-killed');
    const young = join(root, 'state/trial-running');
    for (const folder of [old, young]) mkdirSync(folder, { recursive: true });
    utimesSync(old, new Date(0), new Date(0));
    await tryFiles(request(true));
    expect(removed).toEqual([`itsup.trial=${old}`, 'trial']);
    expect(readdirSync(dirname(old)).sort()).toEqual(['trial-running', 'trial.json']);
    await tryFiles(request(true));
    expect(started).toHaveLength(1);
  });
});
