import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { eventually } from '../eventually';
import { findProgram } from '../programs';
import { output } from '../run';

/** The registry of github.com/distribution/distribution (`cmd/registry`); a folder holds it where PATH does not. */
const program = findProgram('registry', 'ITSUP_E2E_REGISTRY');

/** Why no registry can be started; null: it can. */
export const missingRegistry =
  program === null ? 'no registry in PATH or the folder ITSUP_E2E_REGISTRY' : null;

export interface Registry {
  /**
   * Gives the registry an image of this machine, changed by `docker commit --change`.
   * @returns its name there, which the machine's engine has it by too
   */
  push(image: string, as: string, ...changes: string[]): Promise<string>;
  stop(): Promise<void>;
}

/** @param address host and port at which it listens, and whoever pulls from it finds it */
export async function startRegistry(address: string): Promise<Registry> {
  const folder = await mkdtemp(join(tmpdir(), 'itsup-registry-'));
  const configuration = {
    version: 0.1,
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: folder } },
    http: { addr: address },
  };
  await writeFile(join(folder, 'registry.yml'), stringify(configuration));
  const served = spawn(program ?? '', ['serve', join(folder, 'registry.yml')], { stdio: 'ignore' });
  await eventually(async () => {
    const { status } = await fetch(`http://${address}/v2/`);
    if (status !== 200) throw new Error(String(status));
  });
  return {
    push: async (image, as, ...changes) => {
      const name = `${address}/${as}`;
      const id = await output('docker', ['create', image]);
      const options = changes.flatMap((change) => ['--change', change]);
      await output('docker', ['commit', ...options, id, name]);
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
