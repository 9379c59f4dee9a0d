import { stat } from 'node:fs/promises';

import { UserError } from '@itsup/config';
import { openState, readIdentity, stateFolder } from '@itsup/deploy';

/** Who deploys, and where what they deployed is remembered. */
export interface DeployingUser {
  name: string;
  stateDir: string;
}

export interface DeployingUserOptions {
  /** Canonical path of the workspace. */
  root: string;
  /** Login name, when the operator has said so. */
  user?: string;
  /** `ITSUP_STATE`, when the operator has set it. */
  stateDir?: string;
  /** Text of /etc/passwd. */
  passwd: string;
}

interface Account extends DeployingUser {
  uid: number;
}

/**
 * Who deploys this workspace: a unit of another user would have another state folder and know nothing of what runs. It is
 * whose state folder knows the workspace, of root and the workspace's owner; before the first deploy it is root.
 * @throws UserError for a user that does not exist
 */
export async function deployingUser(options: DeployingUserOptions): Promise<DeployingUser> {
  const { root, user, stateDir, passwd } = options;
  const accounts = accountsOf(passwd, stateDir);
  const named = accounts.find(({ name }) => name === (user ?? 'root'));
  if (named === undefined) {
    throw new UserError({
      code: 'unknown-user',
      severity: 'error',
      message: `there is no user ${user ?? 'root'} on this host`,
    });
  }
  if (user === undefined && stateDir === undefined && !(await knows(named, root))) {
    const { uid } = await stat(root);
    const owner = accounts.find((account) => account.uid === uid);
    if (owner !== undefined && (await knows(owner, root))) return withoutId(owner);
  }
  return withoutId(named);
}

function accountsOf(passwd: string, stateDir: string | undefined): Account[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, , , home] = line.split(':');
    if (name === undefined || uid === undefined || home === undefined) return [];
    const folder = stateFolder({ env: { ITSUP_STATE: stateDir }, root: uid === '0', home });
    return [{ name, uid: Number(uid), stateDir: folder }];
  });
}

async function knows({ stateDir }: DeployingUser, root: string): Promise<boolean> {
  const identity = await readIdentity(openState(stateDir)).catch(() => null);
  return identity?.path === root;
}

function withoutId({ name, stateDir }: Account): DeployingUser {
  return { name, stateDir };
}
