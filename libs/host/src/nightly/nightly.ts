import { access, readFile } from 'node:fs/promises';
import path from 'node:path';

import { UserError } from '@itsup/config';

import { refuseWithoutRoot, type HostRequest } from '../host-request';
import { deployingUser } from '../units/deploying-user';
import { NIGHTLY_SERVICE, NIGHTLY_TIMER, nightlyUnits, UNIT_FOLDER } from '../units/unit-file';
import { prepareFolders, removeUnits, writeUnits } from '../units/write-units';

export const DEFAULT_TIME = '03:30';

/**
 * Deploys at night what has newer images, and whatever else changed.
 * @param at `HH:MM`, local time
 * @throws UserError without root or systemd, and for what is no time
 */
export async function enableNightly(request: HostRequest, at: string): Promise<void> {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(at)) {
    throw refusal('no-time', `"${at}" is no time of the day`, 'write it as 03:30');
  }
  refuseWithoutRoot(request.isRoot, 'nightly enable');
  await refuseWithoutSystemd(request);
  const { docker, root, node, bin, system = '/' } = request;
  const passwd = await readFile(path.join(system, 'etc/passwd'), 'utf8');
  const user = await deployingUser({ ...request, passwd });
  const { name, stateDir, home } = user;
  const units = nightlyUnits({ root, node, bin, user: name, stateDir, home }, at);
  await prepareFolders(user);
  const written = await writeUnits(path.join(system, UNIT_FOLDER), units);
  if (written.length > 0) await docker.host.reloadUnits();
  await docker.host.enableUnit(NIGHTLY_TIMER, { now: true });
  // A timer that runs keeps its old time until it is started again.
  if (written.includes(NIGHTLY_TIMER)) await docker.host.restartUnit(NIGHTLY_TIMER);
}

/** A deploy that is under way goes on. */
export async function disableNightly(request: HostRequest): Promise<void> {
  refuseWithoutRoot(request.isRoot, 'nightly disable');
  await refuseWithoutSystemd(request);
  const { docker, system = '/' } = request;
  await docker.host.disableUnit(NIGHTLY_TIMER);
  await removeUnits(path.join(system, UNIT_FOLDER), [NIGHTLY_TIMER, NIGHTLY_SERVICE]);
  await docker.host.reloadUnits();
}

export interface NightlyStatus {
  enabled: boolean;
  /** When it runs next, in systemd's words; null: it does not, or that is not known. */
  next: string | null;
}

export async function nightlyStatus({
  docker,
  system = '/',
}: Pick<HostRequest, 'docker' | 'system'>): Promise<NightlyStatus> {
  if (!(await hasSystemd(system))) return { enabled: false, next: null };
  const { enabled, active, nextElapse } = await docker.host.unitState(NIGHTLY_TIMER);
  return { enabled: enabled && active, next: nextElapse };
}

async function refuseWithoutSystemd({ system = '/' }: Pick<HostRequest, 'system'>): Promise<void> {
  if (await hasSystemd(system)) return;
  throw refusal(
    'systemd-needed',
    'systemd does not run on this host, so there is no timer',
    'have your scheduler run: itsup deploy --pull',
  );
}

function hasSystemd(system: string): Promise<boolean> {
  return access(path.join(system, 'run/systemd/system')).then(
    () => true,
    () => false,
  );
}

function refusal(code: string, message: string, help: string): UserError {
  return new UserError({ code, severity: 'error', message, help });
}
