import { dirname } from 'node:path';

import { hardening } from './hardening';

/** What every unit of ours is made from. */
export interface UnitFacts {
  /** Canonical path of the workspace. */
  root: string;
  /** Absolute path of Node. */
  node: string;
  /** Absolute path of the command that it runs. */
  bin: string;
  /** Login name that deploys run as. */
  user: string;
  /** Their state folder. */
  stateDir: string;
  /** Their home. */
  home: string;
}

/** A file of systemd: name and text. */
export interface UnitFile {
  name: string;
  text: string;
}

export const UNIT_FOLDER = '/etc/systemd/system';
export const BOOT_UNIT = 'itsup.service';
export const NIGHTLY_SERVICE = 'itsup-nightly.service';
export const NIGHTLY_TIMER = 'itsup-nightly.timer';

/** Where docker, sops and the packet filter's commands are. */
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const MARK =
  '# Written by itsup; changes are lost when it is written again. Add your own with: systemctl edit';

/**
 * Brings the host to what the workspace says after a boot: what the engine does not restore by itself (packet filter
 * rules, deploys that the power cut) and what it does, found unchanged in a moment.
 */
export function bootUnit(facts: UnitFacts): UnitFile {
  return {
    name: BOOT_UNIT,
    text: unit({
      Unit: {
        Description: 'itsup: bring this host to what its workspace says',
        Wants: 'network-online.target',
        Requires: 'docker.service',
        After: 'docker.service network-online.target',
        ConditionPathExists: literal(facts.root),
      },
      Service: { ...service(facts, ['start'], '1h'), RemainAfterExit: 'yes' },
      Install: { WantedBy: 'multi-user.target' },
    }),
  };
}

/**
 * The service that a timer starts and the timer.
 * @param at `HH:MM`, local time; the host waits up to half an hour longer, so that not all hosts pull at once
 */
export function nightlyUnits(facts: UnitFacts, at: string): UnitFile[] {
  return [
    {
      name: NIGHTLY_SERVICE,
      text: unit({
        Unit: {
          Description: 'itsup: pull newer images and deploy what changed',
          Wants: 'network-online.target',
          Requires: 'docker.service',
          After: `docker.service network-online.target ${BOOT_UNIT}`,
          ConditionPathExists: literal(facts.root),
        },
        // Pulls go through the provider's line.
        Service: service(facts, ['deploy', '--pull'], '3h'),
      }),
    },
    {
      name: NIGHTLY_TIMER,
      text: unit({
        Unit: { Description: 'itsup: newer images at night' },
        Timer: { OnCalendar: `*-*-* ${at}:00`, RandomizedDelaySec: '30min', Persistent: 'true' },
        Install: { WantedBy: 'timers.target' },
      }),
    },
  ];
}

/** @param limit a deploy that takes longer hangs: it is ended as by Ctrl-C, so the next one goes on from there */
function service(facts: UnitFacts, args: string[], limit: string): Record<string, string | string[]> {
  const command = [facts.node, facts.bin, ...args];
  const environment = [
    `PATH=${dirname(facts.node)}:${SYSTEM_PATH}`,
    `ITSUP_STATE=${facts.stateDir}`,
    // One run at a time, so nothing is to be left running.
    'NX_DAEMON=false',
  ];
  const { ReadWritePaths: writable = [], ...restrictions } = hardening(facts);
  return {
    Type: 'oneshot',
    User: facts.user,
    WorkingDirectory: literal(facts.root),
    Environment: environment.map(word),
    ExecStart: command.map((part) => word(part.replaceAll('$', '$$$$'))).join(' '),
    TimeoutStartSec: limit,
    // An interrupted deploy puts back what it must within three seconds.
    KillMode: 'mixed',
    TimeoutStopSec: '15',
    ...restrictions,
    ReadWritePaths: writable.map(word).join(' '),
  };
}

function unit(sections: Record<string, Record<string, string | string[]>>): string {
  const texts = Object.entries(sections).map(([section, settings]) =>
    [
      `[${section}]`,
      ...Object.entries(settings).flatMap(([key, value]) => [value].flat().map((one) => `${key}=${one}`)),
    ].join('\n'),
  );
  return `${MARK}\n\n${texts.join('\n\n')}\n`;
}

/** systemd expands `%` everywhere. */
function literal(text: string): string {
  return text.replaceAll('%', '%%');
}

/** One word of a list: systemd splits at spaces and reads backslashes and quotes. */
function word(text: string): string {
  const escaped = literal(text).replace(/["\\]/g, '\\$&');
  return /^[\w./:=@%$,+-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}
