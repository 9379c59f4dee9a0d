import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';

import { namedFault } from '@itsup/config';
import { fileFault } from '@itsup/traefik';

import { isPageFile, isPinFile, ownerOf, pinFileName, type PinOwner } from './pin-names';
import { RolloutError } from '../procedure/rollout-error';
import { mergeFiles } from '../provider/published-routes';
import type { DynamicConfiguration, ProxyAccess } from '../types';

/** Writes the pin of a service, as `writeRouteFile` writes. */
export async function writePin(
  folder: string,
  project: string,
  service: string,
  text: string,
): Promise<void> {
  await writeRouteFile(folder, pinFileName(project, service), text);
}

/**
 * Writes a file into Traefik's dynamic folder in one step: beside the folder, flushed, then renamed into it. Traefik
 * would take a file that is being written for an empty one and drop its routes; and whatever appears in the folder it
 * watches, even a file that it does not read, makes it read all of them and then wait for `providersThrottleDuration`
 * before it applies what comes next (pkg/provider/file, pkg/provider/aggregator).
 */
export async function writeRouteFile(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const temporary = unfinishedFile(folder, name);
  try {
    const file = await open(temporary, 'w', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(folder, name));
  } catch (error) {
    await rm(temporary, { force: true });
    throw namedFault(error, join(folder, name));
  }
}

/** Why the Traefik that runs could not read a file; null: it can, or nobody knows its types. */
export function unreadable({ knowsTypes }: Pick<ProxyAccess, 'knowsTypes'>, text: string): string | null {
  return knowsTypes === true ? fileFault(text) : null;
}

/**
 * @param what what is not written then, with its verb: `the route file of web was`
 * @throws RolloutError where Traefik could not read it, and so no other file either
 */
export function refuseUnreadable(proxy: Pick<ProxyAccess, 'knowsTypes'>, text: string, what: string): void {
  const fault = unreadable(proxy, text);
  if (fault !== null)
    throw new RolloutError(`${what} not written, for Traefik would read no file any more: ${fault}`);
}

/** Removing a pin that is not there is no error. */
export async function removePin(folder: string, project: string, service: string): Promise<void> {
  await removeRouteFile(folder, pinFileName(project, service));
}

/** Removing one that is not there is no error. */
export async function removeRouteFile(folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { force: true });
  // Of a process that was killed while it wrote.
  await rm(unfinishedFile(folder, name), { force: true });
}

function unfinishedFile(folder: string, name: string): string {
  return join(dirname(folder), `.${basename(folder)}-${name}.tmp`);
}

/** All pins of the folder with whom they belong to; a file that does not say so is left out. */
export async function listPins(folder: string): Promise<PinOwner[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => isPinFile(name)).sort();
  const owners = await Promise.all(
    names.map(async (name) => ownerOf(await readFile(join(folder, name), 'utf8').catch(() => ''))),
  );
  return owners.filter((owner) => owner !== null);
}

/** Removes every pin of a project, whichever service it is for. */
export async function removePinsOf(folder: string, project: string): Promise<void> {
  for (const owner of await listPins(folder))
    if (owner.project === project) await removePin(folder, project, owner.service);
}

/** Name of the pin's marker (see `Pin`); null: there is no pin. */
export async function readPinMarker(
  folder: string,
  project: string,
  service: string,
): Promise<string | null> {
  const text = await readFile(join(folder, pinFileName(project, service)), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    },
  );
  return text === null ? null : markerOf(text);
}

/** Name of the marker (see `Pin`) in a route file. */
export function markerOf(text: string): string | null {
  return /^ {4}((?:rollout|page)-\S+-[0-9a-f]{16}):$/m.exec(text)?.[1] ?? null;
}

/**
 * What the folder's other files say, as Traefik would merge them; pins, and routes to a page that a project is away,
 * left out.
 */
export async function readPublished(folder: string): Promise<DynamicConfiguration> {
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => /\.ya?ml$/.test(name) && !isPinFile(name) && !isPageFile(name))
    .sort();
  return mergeFiles(
    await Promise.all(
      names.map(async (name) => parse(await readFile(join(folder, name), 'utf8')) as unknown),
    ),
  );
}
