import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { ContainerState, Docker } from '@itsup/docker';
import { containerSummary } from '@itsup/docker/testing/container-summary';

import type { Observed } from '../plan/observe';
import { acknowledgeUnpinned } from '@itsup/rollout';
import { defaultLimits } from '@itsup/rollout';
import { saveHandover } from '@itsup/rollout';
import { openState, type State } from '../state/state';
import { observedContainer } from '../testing/desired-service';
import { VirtualClock } from '@itsup/docker/testing/virtual-clock';
import { handoverFolder } from './traefik-service';
import { proxyAccess } from './proxy-access';

let root: string;
let state: State;
let notes: string[];
beforeEach(async () => {
  root = mkdtempSync(path.join(tmpdir(), 'proxy-access-'));
  state = openState(root);
  notes = [];
  await mkdir(state.traefikDir, { recursive: true });
  await writeFile(path.join(state.traefikDir, 'traefik.yml'), 'entryPoints: {}\n');
});
afterEach(() => rmSync(root, { recursive: true }));

const traefik = (running: boolean): Observed =>
  new Map([
    ['proxy', [observedContainer('traefik', { image: 'traefik:v3', state: running ? 'running' : 'exited' })]],
  ]);

/** An engine with a temporary instance in this state. */
function engine(temporary: ContainerState | null): Pick<Docker, 'listContainers' | 'logs'> {
  return {
    listContainers: async () => (temporary === null ? [] : [containerSummary({ state: temporary })]),
    logs: async () => '',
  };
}

const access = (docker: Pick<Docker, 'listContainers' | 'logs'>, running = true) =>
  proxyAccess(state, traefik(running), docker, (text) => notes.push(text));

describe('the Traefiks that have to acknowledge', () => {
  const handover = {
    version: 1 as const,
    mode: 'redirect' as const,
    api: 'http://127.0.0.1:20002',
    publicApis: ['http://127.0.0.1:8082'],
    phase: 'temporary' as const,
    shadows: [],
  };

  it('are the public one, and the temporary one of a hand-over while it runs', async () => {
    await saveHandover(handoverFolder(state), handover);
    const found = await access(engine('running'));
    expect(await found?.apis()).toEqual(['http://127.0.0.1:8082', 'http://127.0.0.1:20002']);
    expect(notes).toEqual([]);
  });

  it.each(['exited', null] as const)(
    'are not a temporary one that is %s, and that is said once',
    async (present) => {
      await saveHandover(handoverFolder(state), handover);
      const found = await access(engine(present));
      expect(await found?.apis()).toEqual(['http://127.0.0.1:8082']);
      await found?.apis();
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/finish it: itsup deploy proxy/);
    },
  );
});

describe('a Traefik that is down', () => {
  it('is nobody to wait for, and the cure is said', async () => {
    expect(await access(engine(null), false)).toBeNull();
    expect(notes.join()).toMatch(/Traefik does not run.*itsup deploy proxy/);
  });

  it('while its container runs ends the wait in time, with the cure', async () => {
    const proxy = await access(engine(null));
    if (proxy === null) throw new Error('it runs');
    const clock = new VirtualClock();
    const began = clock.now();
    const signal = new AbortController().signal;
    const acknowledgement = {
      get: () => Promise.reject(new Error('connect ECONNREFUSED 127.0.0.1:8082')),
      proxy,
      limits: defaultLimits,
      since: began,
      waiter: { clock, signal, onWaiting: () => undefined },
    };
    await expect(acknowledgeUnpinned(acknowledgement, 'rollout-blog-web-0')).rejects.toThrow(
      /ECONNREFUSED.*start Traefik: itsup deploy proxy/,
    );
    expect(clock.now() - began).toBeLessThanOrEqual(defaultLimits.ackTimeout + 1_000);
  });
});
