import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** This package's folder, links resolved. */
export const PACKAGE = resolve(__dirname, '../..');

/** The version of sources that are no release. */
export const UNRELEASED = '0.0.0';

/** Version of this package. */
export function ownVersion(): string {
  return versionIn(join(PACKAGE, 'package.json'));
}

/** The same where it is a release; null: a checkout, whose commit says more. */
export function releasedVersion(): string | null {
  const version = ownVersion();
  return version === UNRELEASED ? null : version;
}

/** Version of the workspace's Nx; null: it has none. */
export function nxVersion(nxRoot: string): string | null {
  try {
    return versionIn(createRequire(join(nxRoot, 'package.json')).resolve('nx/package.json'));
  } catch {
    return null;
  }
}

/**
 * The command as a unit is to name it: by the path that an update of the workspace keeps. A package manager may install
 * into a folder with the version in its name, and link to that.
 */
export function ownCommand(nxRoot: string): string {
  const places = [join(nxRoot, 'tools/itsup'), join(nxRoot, 'node_modules/itsup')];
  const place = places.find((one) => real(one) === real(PACKAGE)) ?? PACKAGE;
  return join(place, 'bin/itsup.js');
}

function versionIn(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function real(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
