import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { eventually } from '../harness/eventually';
import { findProgram } from '../harness/programs';
import { output } from '../harness/run';
import { ADDRESS } from './own-swarm';

const PORT = 5000;

/** The registry of github.com/distribution/distribution (`cmd/registry`); a folder holds it where PATH does not. */
const program = findProgram('registry', 'ITSUP_E2E_REGISTRY');

/** Why no registry can be started; null: it can. */
export const missingRegistry =
  program === null ? 'no registry in PATH or the folder ITSUP_E2E_REGISTRY' : null;

export interface Registry {
  /** Gives the registry an image of this machine, changed by `docker commit --change`, and returns its name. */
  push(image: string, as: string, change: string): Promise<string>;
  stop(): Promise<void>;
}

/** A registry that all machines of the swarm reach. */
export async function startRegistry(): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'itsup-registry-'));
  const configuration = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: `${ADDRESS}:${PORT}` },
  };
  await writeFile(join(folder, 'registry.yml'), stringify(configuration));
  const served = spawn(program ?? '', ['serve', join(folder, 'registry.yml')], { stdio: 'ignore' });
  await eventually(async () => {
    const { status } = await fetch(`http://${ADDRESS}:${PORT}/v2/`);
    if (status !== 200) throw new Error(String(status));
  });
  return {
    push: async (image, as, change) => {
      const name = `${ADDRESS}:${PORT}/${as}`;
      const id = await output('docker', ['create', image]);
      await output('docker', ['commit', '--change', change, id, name]);
      await output('docker', ['rm', id]);
      await output('docker', ['push', '--quiet', name], { timeoutMs: 300_000 });
      return name;
    },
    stop: async () => {
      served.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
