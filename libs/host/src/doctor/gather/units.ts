import { access, readFile } from 'node:fs/promises';
import path from 'node:path';

import { foreignPath } from '../../units/foreign-path';
import {
  BOOT_UNIT,
  bootUnit,
  NIGHTLY_SERVICE,
  NIGHTLY_TIMER,
  nightlyUnits,
  UNIT_FOLDER,
  type UnitFacts,
} from '../../units/unit-file';
import { readUnit } from '../../units/write-units';
import type { UnitsFacts } from '../facts';

/**
 * The units that are written for this workspace, against what this version would write for the same user, Node and
 * state folder. Those of another workspace are none of ours.
 *
 * @param bin the command, as units name it now
 */
export async function unitsFacts(root: string, bin: string, system = '/'): Promise<UnitsFacts[]> {
  const folder = path.join(system, UNIT_FOLDER);
  const passwd = await readFile(path.join(system, 'etc/passwd'), 'utf8').catch(() => '');
  const timer = await readUnit(folder, NIGHTLY_TIMER).catch(() => null);
  const at = /^OnCalendar=\*-\*-\* (\d\d:\d\d):00$/m.exec(timer ?? '')?.[1] ?? '03:30';
  const found: UnitsFacts[] = [];
  for (const name of [BOOT_UNIT, NIGHTLY_SERVICE]) {
    const text = await readUnit(folder, name).catch(() => null);
    const facts = text === null ? null : factsOf(text, root, bin, passwd);
    if (text === null || facts === null) continue;
    const wanted = [bootUnit(facts), ...nightlyUnits(facts, at)].find((file) => file.name === name);
    const foreign =
      facts.user === 'root' ? await foreignPath([root, `${root}/node_modules`, bin, facts.node]) : null;
    const started = commandOf(text);
    const isThere =
      started === null ||
      (await access(started).then(
        () => true,
        () => false,
      ));
    const gone = isThere ? null : started;
    found.push({ name, outdated: wanted?.text !== text, gone, foreign: foreign?.path ?? null, at });
  }
  return found;
}

/** The command that a unit starts with Node: its second word, unless that is quoted in a way of its own. */
function commandOf(text: string): string | null {
  const quoted = /^ExecStart=(?:"[^"]*"|\S+) (?:"([^"\\]*)"|([^\s"\\]+))/m.exec(text);
  const word = quoted?.[1] ?? quoted?.[2];
  return word === undefined ? null : word.replaceAll('%%', '%').replaceAll('$$', '$');
}

/** null: the unit is of another workspace. */
function factsOf(text: string, root: string, bin: string, passwd: string): UnitFacts | null {
  const value = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
  const user = value(/^User=(.*)$/m);
  if (value(/^WorkingDirectory=(.*)$/m).replaceAll('%%', '%') !== root) return null;
  const home = passwd
    .split('\n')
    .find((line) => line.startsWith(`${user}:`))
    ?.split(':')[5];
  return {
    root,
    bin,
    user,
    home: home ?? '',
    node: value(/^ExecStart="?([^" ]+)/m).replaceAll('%%', '%'),
    stateDir: value(/^Environment="?ITSUP_STATE=([^"\n]*)/m).replaceAll('%%', '%'),
  };
}
