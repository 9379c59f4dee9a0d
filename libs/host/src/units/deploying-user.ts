import { stat } from 'node:fs/promises';

import { UserError } from '@itsup/config';
import { openState, readIdentity, stateFolder } from '@itsup/deploy';

import { foreignPath } from './foreign-path';

/** Who deploys, and where what they deployed is remembered. */
export interface DeployingUser {
  name: string;
  stateDir: string;
  home: string;
  uid: number;
  gid: number;
}

export interface DeployingUserOptions {
  /** Canonical path of the workspace. */
  root: string;
  /** Absolute path of the Node that runs it. */
  node: string;
  /** Absolute path of the command that it runs. */
  bin: string;
  /** Login name, when the operator has said so. */
  user?: string;
  /** `ITSUP_STATE`, when the operator has set it. */
  stateDir?: string;
  /** Text of /etc/passwd. */
  passwd: string;
}

/**
 * Who deploys this workspace: a unit of another user would have another state folder and know nothing of what runs. It
 * is whose state folder knows the workspace, of root and the workspace's owner; before the first deploy it is the
 * owner.
 * @throws UserError for a user that does not exist, and for root where somebody else can change what root would run
 */
export async function deployingUser(options: DeployingUserOptions): Promise<DeployingUser> {
  const accounts = accountsOf(options.passwd, options.stateDir);
  const found = await chosen(options, accounts);
  if (found.uid === 0) await refuseForeign(options, accounts);
  return found;
}

async function chosen(options: DeployingUserOptions, accounts: DeployingUser[]): Promise<DeployingUser> {
  const { root, user, stateDir } = options;
  if (user !== undefined) {
    const named = accounts.find(({ name }) => name === user);
    if (named === undefined) throw refusal('unknown-user', `there is no user ${user} on this host`);
    return named;
  }
  const { uid } = await stat(root);
  const owner = accounts.find((account) => account.uid === uid);
  const superuser = accounts.find((account) => account.uid === 0);
  // With a folder of the operator's choice both have the same, and it tells nothing about who deployed.
  if (superuser !== undefined && stateDir === undefined && (await knows(superuser, root))) return superuser;
  if (owner !== undefined) return owner;
  throw refusal(
    'unknown-owner',
    `${root} belongs to user ${uid}, whom /etc/passwd does not name`,
    'say who deploys: --user <name>',
  );
}

/** Whoever can change what root runs is root at the next boot. */
async function refuseForeign(
  { root, node, bin }: DeployingUserOptions,
  accounts: readonly DeployingUser[],
): Promise<void> {
  const foreign = (await foreignPath([root, `${root}/node_modules`, bin])) ?? (await foreignPath([node]));
  if (foreign === null) return;
  const owner = accounts.find(({ uid }) => uid === foreign.uid)?.name ?? `user ${foreign.uid}`;
  throw refusal(
    'root-over-foreign-folder',
    foreign.uid === 0
      ? `the unit would run as root, and everybody may write to ${foreign.path}`
      : `the unit would run as root, and ${foreign.path} belongs to ${owner}, who could have root run anything`,
    foreign.uid === 0
      ? `chmod o-w ${foreign.path}`
      : foreign.path.startsWith(root)
        ? `deploy as ${owner} (--user ${owner}), or give the folder to root: chown -R root: ${root}`
        : `have root use what belongs to root, or deploy as ${owner} (--user ${owner})`,
  );
}

function accountsOf(passwd: string, stateDir: string | undefined): DeployingUser[] {
  return passwd.split('\n').flatMap((line) => {
    const [name, , uid, gid, , home] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined || home === undefined) return [];
    const folder = stateFolder({ env: { ITSUP_STATE: stateDir }, root: uid === '0', home });
    return [{ name, uid: Number(uid), gid: Number(gid), home, stateDir: folder }];
  });
}

async function knows({ stateDir }: DeployingUser, root: string): Promise<boolean> {
  const identity = await readIdentity(openState(stateDir)).catch(() => null);
  return identity?.path === root;
}

function refusal(code: string, message: string, help?: string): UserError {
  return new UserError({ code, severity: 'error', message, ...(help === undefined ? {} : { help }) });
}
