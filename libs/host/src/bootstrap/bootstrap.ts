import { access, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { UnitState } from '@itsup/docker';

import { refuseWithoutRoot, type HostRequest } from '../host-request';
import { deployingUser, type DeployingUser } from '../units/deploying-user';
import { BOOT_UNIT, bootUnit, UNIT_FOLDER } from '../units/unit-file';
import { prepareFolders, readUnit, writeUnits } from '../units/write-units';
import { distributionOf } from './distribution';
import {
  describeStep,
  PACKAGES,
  planBootstrap,
  type BootstrapFacts,
  type BootstrapStep,
} from './plan-bootstrap';

export interface BootstrapRequest extends HostRequest {
  /** Only say what would be done. */
  dryRun: boolean;
}

const NO_UNIT: UnitState = { present: false, enabled: false, active: false, nextElapse: null };

/**
 * Brings a fresh host to where a deploy can run: Docker and Compose from the distribution, started, and the unit that
 * deploys at boot. What is there already stays as it is.
 * @returns the steps that were taken, or would be; those of kind `manual` are left to the operator
 * @throws UserError without root, DockerError when a step fails
 */
export async function bootstrap(request: BootstrapRequest): Promise<BootstrapStep[]> {
  const { docker, dryRun, tell, system = '/' } = request;
  if (!dryRun) refuseWithoutRoot(request.isRoot, 'bootstrap');
  const passwd = await readOrEmpty(path.join(system, 'etc/passwd'));
  const user = await deployingUser({ ...request, passwd });
  let facts = await gather(request, user);
  let steps = planBootstrap(facts);
  const asksForPackages = steps.some(({ kind }) => kind === 'install' || kind === 'manual');
  if (!dryRun && facts.distribution.hasApt && asksForPackages && lacksDocker(facts)) {
    tell('fetch the package lists');
    await docker.host.refreshPackageLists();
    facts = { ...facts, packages: await docker.host.installablePackages(PACKAGES) };
    steps = planBootstrap(facts);
  }
  for (const step of steps) {
    tell(describeStep(step));
    if (!dryRun) await take(step, request, user);
  }
  return steps;
}

function lacksDocker({ versions }: BootstrapFacts): boolean {
  return versions.server === null || versions.composeError !== null;
}

function readOrEmpty(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

async function gather(request: BootstrapRequest, user: DeployingUser): Promise<BootstrapFacts> {
  const { docker, root, node, bin, system = '/' } = request;
  const { name, stateDir, home } = user;
  const distribution = distributionOf(await readOrEmpty(path.join(system, 'etc/os-release')));
  const systemd = await access(path.join(system, 'run/systemd/system')).then(
    () => true,
    () => false,
  );
  return {
    distribution,
    systemd,
    versions: await docker.versions(),
    packages: distribution.hasApt ? await docker.host.installablePackages(PACKAGES) : {},
    docker: systemd ? await docker.host.unitState('docker.service') : NO_UNIT,
    boot: systemd ? await docker.host.unitState(BOOT_UNIT) : NO_UNIT,
    bootUnit: bootUnit({ root, node, bin, user: name, stateDir, home }),
    presentUnit: await readUnit(path.join(system, UNIT_FOLDER), BOOT_UNIT),
  };
}

async function take(
  step: BootstrapStep,
  { docker: { host }, system = '/' }: BootstrapRequest,
  user: DeployingUser,
): Promise<void> {
  switch (step.kind) {
    case 'install':
      return host.installPackages(step.packages);
    case 'start':
      return host.enableUnit(step.unit, { now: true });
    case 'write':
      await prepareFolders(user);
      await writeUnits(path.join(system, UNIT_FOLDER), [step.file]);
      return host.reloadUnits();
    case 'enable':
      return host.enableUnit(step.unit);
    case 'manual':
      return;
  }
}
