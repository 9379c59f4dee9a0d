import { access, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { UnitState } from '@itsup/docker';

import { refuseWithoutRoot, type HostRequest } from '../host-request';
import { deployingUser } from '../units/deploying-user';
import { BOOT_UNIT, bootUnit, UNIT_FOLDER } from '../units/unit-file';
import { readUnit, writeUnits } from '../units/write-units';
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
  const { docker, dryRun, tell } = request;
  if (!dryRun) refuseWithoutRoot(request.isRoot, 'bootstrap');
  let facts = await gather(request);
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
    if (!dryRun) await take(step, request);
  }
  return steps;
}

function lacksDocker({ versions }: BootstrapFacts): boolean {
  return versions.server === null || versions.composeError !== null;
}

async function gather(request: BootstrapRequest): Promise<BootstrapFacts> {
  const { docker, root, node, system = '/' } = request;
  const read = (file: string): Promise<string> => readFile(path.join(system, file), 'utf8').catch(() => '');
  const distribution = distributionOf(await read('etc/os-release'));
  const systemd = await access(path.join(system, 'run/systemd/system')).then(
    () => true,
    () => false,
  );
  const { name, stateDir } = await deployingUser({ ...request, passwd: await read('etc/passwd') });
  return {
    distribution,
    systemd,
    versions: await docker.versions(),
    packages: distribution.hasApt ? await docker.host.installablePackages(PACKAGES) : {},
    docker: systemd ? await docker.host.unitState('docker.service') : NO_UNIT,
    boot: systemd ? await docker.host.unitState(BOOT_UNIT) : NO_UNIT,
    bootUnit: bootUnit({ root, node, user: name, stateDir }),
    presentUnit: await readUnit(path.join(system, UNIT_FOLDER), BOOT_UNIT),
  };
}

async function take(
  step: BootstrapStep,
  { docker: { host }, system = '/' }: BootstrapRequest,
): Promise<void> {
  switch (step.kind) {
    case 'install':
      return host.installPackages(step.packages);
    case 'start':
      return host.enableUnit(step.unit, { now: true });
    case 'write':
      await writeUnits(path.join(system, UNIT_FOLDER), [step.file]);
      return host.reloadUnits();
    case 'enable':
      return host.enableUnit(step.unit);
    case 'manual':
      return;
  }
}
