import { realpathSync } from 'node:fs';
import type { HostRequest } from '@itsup/host';
import { ownCommand } from '../../build/own-package';
import type { CommandInput, CommandOption } from '../command';

/** Of commands that write a unit. */
export const USER: CommandOption = {
  type: 'string',
  value: 'name',
  description: 'who deploys this workspace (default: who did so far, else the owner of the workspace)',
};

/** The real host for the host layer; progress goes to standard output. */
export async function hostRequest({
  root,
  workspace,
  env,
  flags,
  print,
}: CommandInput): Promise<HostRequest> {
  const { createDocker } = await import('@itsup/docker');
  return {
    root: realpathSync(root),
    docker: createDocker({ env, onLine: (line) => print(`  ${line}`) }),
    node: process.execPath,
    bin: ownCommand(workspace.nxRoot),
    isRoot: process.getuid?.() === 0,
    tell: print,
    ...(typeof flags.user === 'string' ? { user: flags.user } : {}),
    ...(env.ITSUP_STATE ? { stateDir: env.ITSUP_STATE } : {}),
  };
}
