import { readFile } from 'node:fs/promises';
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
 * The units that are written for this workspace, against what this version would write for the same user, Node and state
 * folder. Those of another workspace are none of ours.
 */
export async function unitsFacts(root: string, system = '/'): Promise<UnitsFacts[]> {
  const folder = path.join(system, UNIT_FOLDER);
  const passwd = await readFile(path.join(system, 'etc/passwd'), 'utf8').catch(() => '');
  const timer = await readUnit(folder, NIGHTLY_TIMER).catch(() => null);
  const at = /^OnCalendar=\*-\*-\* (\d\d:\d\d):00$/m.exec(timer ?? '')?.[1] ?? '03:30';
  const found: UnitsFacts[] = [];
  for (const name of [BOOT_UNIT, NIGHTLY_SERVICE]) {
    const text = await readUnit(folder, name).catch(() => null);
    const facts = text === null ? null : factsOf(text, root, passwd);
    if (text === null || facts === null) continue;
    const wanted = [bootUnit(facts), ...nightlyUnits(facts, at)].find((file) => file.name === name);
    const foreign =
      facts.user === 'root' ? await foreignPath([root, `${root}/node_modules`, facts.node]) : null;
    found.push({ name, outdated: wanted?.text !== text, foreign: foreign?.path ?? null, at });
  }
  return found;
}

/** null: the unit is of another workspace. */
function factsOf(text: string, root: string, passwd: string): UnitFacts | null {
  const value = (pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
  const user = value(/^User=(.*)$/m);
  if (value(/^WorkingDirectory=(.*)$/m).replaceAll('%%', '%') !== root) return null;
  const home = passwd
    .split('\n')
    .find((line) => line.startsWith(`${user}:`))
    ?.split(':')[5];
  return {
    root,
    user,
    home: home ?? '',
    node: value(/^ExecStart="?([^" ]+)/m).replaceAll('%%', '%'),
    stateDir: value(/^Environment="?ITSUP_STATE=([^"\n]*)/m).replaceAll('%%', '%'),
  };
}
