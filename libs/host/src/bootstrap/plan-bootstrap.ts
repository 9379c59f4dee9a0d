import { compareVersions, MINIMUM_COMPOSE_VERSION, type UnitState, type Versions } from '@itsup/docker';

import { BOOT_UNIT, type UnitFile } from '../units/unit-file';
import { manualInstall, type Distribution } from './distribution';

/** What bootstrap decides on. */
export interface BootstrapFacts {
  distribution: Distribution;
  versions: Versions;
  /** Versions of the distribution's packages that can be installed. */
  packages: Readonly<Record<string, string>>;
  /** systemd runs this host. */
  systemd: boolean;
  docker: Pick<UnitState, 'present' | 'enabled' | 'active'>;
  boot: Pick<UnitState, 'enabled'>;
  bootUnit: UnitFile;
  /** Text of the boot unit that is there; null: none. */
  presentUnit: string | null;
}

/** One thing that bootstrap does, or that it asks of the operator. */
export type BootstrapStep =
  | { kind: 'install'; packages: string[] }
  /** At boot and now. */
  | { kind: 'start'; unit: string }
  | { kind: 'write'; file: UnitFile }
  /** At boot; it does not run now. */
  | { kind: 'enable'; unit: string }
  | { kind: 'manual'; why: string; what: string };

/** Packages that bootstrap asks the distribution for. */
export const PACKAGES = [
  'docker.io',
  'docker-cli',
  'docker-compose-plugin',
  'docker-compose-v2',
  'docker-compose',
];

/** Ubuntu's, Docker's own, then Debian's, which was Compose 1 up to Debian 12. */
const COMPOSE_PACKAGES = ['docker-compose-v2', 'docker-compose-plugin', 'docker-compose'];

/** What is missing on this host, in the order to be done; empty: nothing. Pure. */
export function planBootstrap(facts: BootstrapFacts): BootstrapStep[] {
  return [...installSteps(facts), ...startSteps(facts), ...bootSteps(facts)];
}

function installSteps(facts: BootstrapFacts): BootstrapStep[] {
  const { versions, packages, distribution } = facts;
  const needsEngine = isMissing(facts);
  const needsCompose = versions.composeError !== null;
  if (!needsEngine && !needsCompose) return [];
  if (!distribution.hasApt) {
    const why = needsEngine ? 'Docker Engine is missing' : (versions.composeError?.message ?? '');
    return [{ kind: 'manual', why, what: manualInstall(distribution) }];
  }
  const compose = COMPOSE_PACKAGES.find((name) => isRecent(packages[name]));
  const wanted = [
    // Since Debian 13 the engine only recommends its own client.
    ...(needsEngine ? ['docker.io', 'docker-cli'].filter((name) => name in packages) : []),
    ...(needsCompose && compose !== undefined ? [compose] : []),
  ];
  const steps: BootstrapStep[] = wanted.length === 0 ? [] : [{ kind: 'install', packages: wanted }];
  if (needsEngine && !('docker.io' in packages)) {
    steps.push({
      kind: 'manual',
      why: `${distribution.name} has no package docker.io`,
      what: manualInstall(distribution),
    });
  } else if (needsCompose && compose === undefined) {
    steps.push({
      kind: 'manual',
      why: `${distribution.name} has no Compose ${MINIMUM_COMPOSE_VERSION} or newer`,
      what: `add Docker's own repository and install docker-compose-plugin: https://docs.docker.com/compose/install/linux/`,
    });
  }
  return steps;
}

function startSteps(facts: BootstrapFacts): BootstrapStep[] {
  const { versions, systemd, docker, distribution } = facts;
  const missing = isMissing(facts);
  if (missing ? !distribution.hasApt : docker.active && docker.enabled) return [];
  // An engine that answers without a unit is somebody's own way to run it.
  if (!missing && versions.server !== null && !docker.present) return [];
  return systemd
    ? [{ kind: 'start', unit: 'docker.service' }]
    : [
        {
          kind: 'manual',
          why: 'systemd does not run here',
          what: 'start Docker, now and at every boot, as this host starts services',
        },
      ];
}

function bootSteps({ systemd, boot, bootUnit, presentUnit }: BootstrapFacts): BootstrapStep[] {
  if (!systemd) {
    return [
      {
        kind: 'manual',
        why: 'systemd does not run here',
        what: 'run npm start in the workspace after every boot, when Docker is up',
      },
    ];
  }
  return [
    ...(presentUnit === bootUnit.text ? [] : [{ kind: 'write' as const, file: bootUnit }]),
    ...(boot.enabled ? [] : [{ kind: 'enable' as const, unit: BOOT_UNIT }]),
  ];
}

/** No client, or a client beside which no engine was installed. One that is only stopped has its unit. */
function isMissing({ versions: { client, server, serverError }, docker }: BootstrapFacts): boolean {
  return (
    client === null || (server === null && serverError?.code === 'engine-unreachable' && !docker.present)
  );
}

function isRecent(version: string | undefined): boolean {
  return version !== undefined && compareVersions(version.replace(/^\d+:/, ''), MINIMUM_COMPOSE_VERSION) >= 0;
}

/** What the step is, in one line. */
export function describeStep(step: BootstrapStep): string {
  switch (step.kind) {
    case 'install':
      return `install ${step.packages.join(', ')}`;
    case 'start':
      return `start ${step.unit}, now and at every boot`;
    case 'write':
      return `write ${step.file.name}`;
    case 'enable':
      return `enable ${step.unit} for the next boot`;
    case 'manual':
      return `yours to do (${step.why}): ${step.what}`;
  }
}
