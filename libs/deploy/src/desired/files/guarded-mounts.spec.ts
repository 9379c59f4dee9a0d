import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ComposeModel } from '@itsup/docker';

import { refusedMounts } from './guarded-mounts';

const at = { stateFolder: '/srv/state', isolation: 'standard' as const };

function model(service: object, more: object = {}): ComposeModel {
  return { name: 'blog', services: { web: service }, ...more } as ComposeModel;
}
const codes = (found: { code: string }[]): string[] => found.map(({ code }) => code);

it('refuses what variables, volumes, configs and secrets come to', () => {
  const bind = (source: string) => model({ volumes: [{ type: 'bind', source, target: '/x' }] });
  expect(codes(refusedMounts('blog', bind('/srv/state/acme'), [], at))).toEqual(['mounts-state']);
  expect(codes(refusedMounts('blog', bind('/srv/other'), [], at))).toEqual([]);
  const volume = model(
    { volumes: [{ type: 'volume', source: 'taken', target: '/x' }] },
    { volumes: { taken: { name: 'proxy_engine', external: true } } },
  );
  expect(codes(refusedMounts('blog', volume, [], at))).toEqual(['mounts-socket-proxy']);
  const device = model(
    { volumes: [{ type: 'volume', source: 'shown', target: '/x' }] },
    { volumes: { shown: { name: 'blog_shown', driver_opts: { device: '/srv/state' } } } },
  );
  expect(codes(refusedMounts('blog', device, [], at))).toEqual(['mounts-state']);
  const secret = model(
    { secrets: [{ source: 'key' }] },
    { secrets: { key: { file: '/srv/state/workspace.json' } } },
  );
  expect(codes(refusedMounts('blog', secret, [], at))).toEqual(['mounts-state']);
});

it("refuses the engine's socket where isolation is strict, and names the line that mounts it", () => {
  const mounting = model({ volumes: [{ type: 'bind', source: '/var/run/docker.sock', target: '/x' }] });
  const place = { file: 'projects/blog/docker-compose.yml', line: 5, column: 9 };
  const facts = [{ name: 'web', place, mounts: [{ source: '/var/run/docker.sock', place }] }] as never[];
  expect(refusedMounts('blog', mounting, facts, at)).toEqual([]);
  expect(refusedMounts('blog', mounting, facts, { ...at, isolation: 'strict' })).toMatchObject([
    { code: 'mounts-engine', severity: 'error', place },
  ]);
});

it('follows links of the project’s own folder, as the engine does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'itsup-links-'));
  try {
    symlinkSync('/srv/state', join(folder, 'state'));
    symlinkSync('/', join(folder, 'host'));
    const bind = (source: string) => model({ volumes: [{ type: 'bind', source, target: '/x' }] });
    // The folder itself need not be there: the state folder of a test is not.
    const inHost = join(folder, 'host/srv/state/traefik');
    expect(codes(refusedMounts('blog', bind(inHost), [], at))).toEqual(['mounts-state']);
    const socket = bind(join(folder, 'host/var/run/docker.sock'));
    expect(codes(refusedMounts('blog', socket, [], { ...at, isolation: 'strict' }))).toEqual([
      'mounts-engine',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('refuses a build from the state folder, layers of it, and the engine’s socket as an option', () => {
  expect(codes(refusedMounts('blog', model({ build: { context: '/srv/state' } }), [], at))).toEqual([
    'mounts-state',
  ]);
  const named = model({ build: { context: '/srv/a', additional_contexts: { s: '/srv/state/traefik' } } });
  expect(codes(refusedMounts('blog', named, [], at))).toEqual(['mounts-state']);
  const layers = model(
    { volumes: [{ type: 'volume', source: 'v', target: '/x' }] },
    {
      volumes: {
        v: { driver_opts: { type: 'overlay', device: 'overlay', o: 'lowerdir=/srv/state:/srv/b' } },
      },
    },
  );
  expect(codes(refusedMounts('blog', layers, [], at))).toEqual(['mounts-state']);
  const api = model({ use_api_socket: true });
  expect(codes(refusedMounts('blog', api, [], { ...at, isolation: 'strict' }))).toEqual(['mounts-engine']);
});
