import { DockerError, type Versions } from '@itsup/docker';

import { bootUnit } from '../units/unit-file';
import { distributionOf } from './distribution';
import { describeStep, planBootstrap, type BootstrapFacts } from './plan-bootstrap';

const UNIT = bootUnit({
  root: '/srv/it',
  bin: '/srv/it/node_modules/itsup/bin/itsup.js',
  node: '/usr/bin/node',
  user: 'root',
  stateDir: '/var/lib/itsup',
  home: '/root',
});
const DEBIAN = distributionOf('ID=debian\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n');
const FEDORA = distributionOf('ID=fedora\nPRETTY_NAME="Fedora Linux 43"\n');

const missing = new DockerError({ code: 'docker-missing', binary: 'docker' });
const stopped = new DockerError({ code: 'engine-unreachable', endpoint: null, reason: 'no socket' });
const noCompose = new DockerError({ code: 'compose-missing' });
const GOOD: Versions = {
  client: '28.0.0',
  clientError: null,
  server: '28.0.0',
  serverError: null,
  compose: '2.40.0',
  composeError: null,
};
const NOTHING: Versions = {
  client: null,
  clientError: missing,
  server: null,
  serverError: missing,
  compose: null,
  composeError: missing,
};

/** What is to be done on a host that differs from a complete one in these facts. */
function steps(change: Partial<BootstrapFacts>): string[] {
  return planBootstrap({
    distribution: DEBIAN,
    versions: GOOD,
    packages: {},
    systemd: true,
    docker: { present: true, enabled: true, active: true },
    boot: { enabled: true },
    bootUnit: UNIT,
    presentUnit: UNIT.text,
    ...change,
  }).map(describeStep);
}

const FRESH = {
  versions: NOTHING,
  docker: { present: false, enabled: false, active: false },
  boot: { enabled: false },
  presentUnit: null,
};
const UNITS = ['write itsup.service', 'enable itsup.service for the next boot'];
const START = 'start docker.service, now and at every boot';

describe('planBootstrap', () => {
  it('does nothing on a complete host', () => {
    expect(steps({})).toEqual([]);
  });

  it.each<[string, Partial<BootstrapFacts>, string[]]>([
    [
      'a fresh Debian 13, whose engine only recommends its client',
      { ...FRESH, packages: { 'docker.io': '26.1.5', 'docker-cli': '26.1.5', 'docker-compose': '2.26.1-4' } },
      ['install docker.io, docker-cli, docker-compose', START, ...UNITS],
    ],
    [
      'a fresh Ubuntu',
      {
        ...FRESH,
        packages: { 'docker.io': '27.5', 'docker-compose-v2': '2.33.0+ds1-0', 'docker-compose': '1.29.2-6' },
      },
      ['install docker.io, docker-compose-v2', START, ...UNITS],
    ],
    [
      'a fresh Debian 12, whose Compose is too old',
      { ...FRESH, packages: { 'docker.io': '20.10.24', 'docker-compose': '1.29.2-3' } },
      [
        'install docker.io',
        "yours to do (Debian GNU/Linux 13 (trixie) has no Compose 2.20.3 or newer): add Docker's own repository and install docker-compose-plugin: https://docs.docker.com/compose/install/linux/",
        START,
        ...UNITS,
      ],
    ],
    [
      'an engine without Compose',
      {
        versions: { ...GOOD, compose: null, composeError: noCompose },
        packages: { 'docker-compose-plugin': '5:2.40' },
      },
      ['install docker-compose-plugin'],
    ],
    [
      'an engine that is stopped',
      {
        versions: { ...GOOD, server: null, serverError: stopped },
        docker: { present: true, enabled: false, active: false },
      },
      [START],
    ],
    [
      'a client without an engine',
      {
        versions: { ...GOOD, server: null, serverError: stopped },
        docker: FRESH.docker,
        packages: { 'docker.io': '26.1.5', 'docker-cli': '26.1.5' },
      },
      ['install docker.io, docker-cli', START],
    ],
    [
      'an engine that does not start at boot',
      { docker: { present: true, enabled: false, active: true } },
      [START],
    ],
    ['an engine run in some other way', { docker: FRESH.docker }, []],
    ['an outdated unit', { presentUnit: 'old' }, ['write itsup.service']],
    [
      'another distribution',
      { ...FRESH, distribution: FEDORA },
      [
        'yours to do (Docker Engine is missing): dnf install moby-engine docker-compose && systemctl enable --now docker',
        ...UNITS,
      ],
    ],
    [
      'a host without systemd',
      { systemd: false, docker: FRESH.docker },
      [
        'yours to do (systemd does not run here): run npm start in the workspace after every boot, when Docker is up',
      ],
    ],
  ])('on %s', (_, change, expected) => {
    expect(steps(change)).toEqual(expected);
  });
});

it.each([
  ['ID=ubuntu\nID_LIKE=debian', true],
  ['ID="linuxmint"\nID_LIKE="ubuntu debian"', true],
  ['ID=raspbian\nID_LIKE=debian', true],
  ['ID=arch', false],
  ['', false],
])('%j has apt: %s', (text, hasApt) => {
  expect(distributionOf(text).hasApt).toBe(hasApt);
});
