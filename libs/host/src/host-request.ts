import { UserError } from '@itsup/config';
import type { Docker } from '@itsup/docker';

import type { DeployingUserOptions } from './units/deploying-user';

/** What changing the host takes, beside Docker. */
export interface HostRequest extends Pick<
  DeployingUserOptions,
  'root' | 'node' | 'bin' | 'user' | 'stateDir'
> {
  docker: Docker;
  isRoot: boolean;
  /** A line of progress. */
  tell(line: string): void;
  /** For tests: another root of the file system for /etc and /run. */
  system?: string;
}

/** @throws UserError unless this process is root's */
export function refuseWithoutRoot(isRoot: boolean, command: string): void {
  if (isRoot) return;
  throw new UserError({
    code: 'root-needed',
    severity: 'error',
    message: `${command} changes the host, so it needs root`,
    help: `run: sudo env "PATH=$PATH" npx itsup ${command}`,
  });
}
