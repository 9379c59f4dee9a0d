import { existsSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';

import { UserError } from '@itsup/config';
import { fileFault } from '@itsup/traefik';

import type { DeployContext } from '../context';
import { listPins, pinFileName, removePin } from '@itsup/rollout';
import { readFileOrNull } from '../state/atomic-file';
import { readJournal, rolloutsOf } from '../state/journal';
import { acquireLock, lockedBy } from '../state/lock';

type Pin = Awaited<ReturnType<typeof listPins>>[number];

/**
 * Pins that no rollout needs any more: their stack is not being deployed, and its journal knows of no rollout. They
 * send traffic to addresses that the engine gives to others.
 *
 * @returns whom they belong to, and the name of the file
 */
export async function strayPins({
  state,
  system,
}: Pick<DeployContext, 'state' | 'system'>): Promise<(Pin & { file: string })[]> {
  const stray: (Pin & { file: string })[] = [];
  for (const pin of await listPins(state.dynamicDir)) {
    if ((await lockedBy(path.join(state.stackDir(pin.project), 'lock'), system)) !== null) continue;
    if (rolloutsOf(await readJournal(state, pin.project)).length > 0) continue;
    stray.push({ ...pin, file: pinFileName(pin.project, pin.service) });
  }
  return stray;
}

/**
 * Pins that Traefik cannot read, as an earlier version wrote them: one keeps it from reading any file, and after a
 * restart no site is served. Whoever is deploying its stack writes another one.
 */
export async function dropUnreadablePins({ state, reporter }: DeployContext): Promise<void> {
  for (const { project, service } of await listPins(state.dynamicDir)) {
    const file = pinFileName(project, service);
    const text = await readFileOrNull(path.join(state.dynamicDir, file));
    const fault = text === null ? null : fileFault(text);
    if (fault === null) continue;
    await removePin(state.dynamicDir, project, service);
    reporter.line(
      project,
      `removed the route file ${file}, for with it Traefik reads no file at all: ${fault}`,
    );
  }
}

/** Files of Traefik's dynamic folder that it cannot read, whoever wrote them: with one of them it reads none. */
export async function unreadableFiles({
  state,
}: Pick<DeployContext, 'state'>): Promise<{ file: string; fault: string }[]> {
  const names = (await readdir(state.dynamicDir).catch(() => []))
    .filter((name) => /\.ya?ml$/i.test(name))
    .sort();
  const found = await Promise.all(
    names.map(async (file) => {
      const text = await readFileOrNull(path.join(state.dynamicDir, file));
      const fault = text === null ? null : fileFault(text);
      return fault === null ? [] : [{ file, fault }];
    }),
  );
  return found.flat();
}

/** Removes them, each under the lock of its stack. A stack that is being deployed minds its own. */
export async function sweepPins(context: DeployContext): Promise<void> {
  const { state, system, reporter } = context;
  for (const { project, service, file } of await strayPins(context)) {
    const folder = state.stackDir(project);
    const isKnown = existsSync(folder);
    try {
      const lock = await acquireLock({
        file: path.join(folder, 'lock'),
        what: `stack ${project}`,
        command: 'sweep',
        waitMs: 0,
        system,
      });
      try {
        if (rolloutsOf(await readJournal(state, project)).length > 0) continue;
        await removePin(state.dynamicDir, project, service);
        reporter.line(project, `removed the route file ${file} that an earlier deploy of ${service} left`);
      } finally {
        await lock.release();
        // The lock made a folder for a stack that does not exist.
        if (!isKnown) await rmdir(folder).catch(() => undefined);
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
}
