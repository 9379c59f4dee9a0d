import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { availability, type Availability } from './availability';
import { missingPlugin } from './crowdsec-plugin';
import { CROWDSEC, PROXY_IMAGES } from './images';
import { missingOwnEngine } from './own-engine';

const { skip } = describe;

/**
 * `describe` for tests that run these images on an engine. Where one is missing and cannot be pulled, or there is no
 * engine, the tests are reported as skipped and their title says what they miss.
 */
export function describeWithImages(images: string[], name: string, body: () => void): void {
  const found = availability();
  describeUnless(found.engine ?? missingOf(found, images), name, body);
}

/** `describe` for tests that deploy the proxy stack, besides these images. */
export function describeWithProxy(images: string[], name: string, body: () => void): void {
  const found = availability();
  describeUnless(found.engine ?? found.proxy ?? missingOf(found, [...images, ...PROXY_IMAGES]), name, body);
}

/** `describe` for tests that deploy the proxy stack with CrowdSec and Traefik's plugin for it, besides these images. */
export function describeWithCrowdsec(images: string[], name: string, body: () => void): void {
  const found = availability();
  const missing = missingOf(found, [...images, ...PROXY_IMAGES, CROWDSEC]);
  describeUnless(found.engine ?? found.proxy ?? missingPlugin() ?? missing, name, body);
}

/** `describe` for tests that deploy the proxy stack on an engine that they restart and fill. */
export function describeWithOwnEngine(images: string[], name: string, body: () => void): void {
  const found = availability();
  const missing = missingOf(found, [...images, ...PROXY_IMAGES]);
  describeUnless(missingOwnEngine() ?? found.engine ?? missing, name, body);
}

/**
 * `describe` for attacks that need no proxy stack: these images alone, and an engine that `own-engine.sh` started,
 * whose packet filter and network they may change.
 */
export function describeOnOwnEngine(images: string[], name: string, body: () => void): void {
  const found = availability();
  describeUnless(missingOwnEngine() ?? found.engine ?? missingOf(found, images), name, body);
}

/** `describe` for tests of a swarm: these images, and an engine that `own-engine.sh --swarm` started. */
export function describeOnOwnSwarm(images: string[], name: string, body: () => void): void {
  const found = availability();
  const swarm = process.env['ITSUP_E2E_ON_SWARM'] === 'true' ? null : 'not started by own-engine.sh --swarm';
  describeUnless(missingOwnEngine() ?? swarm ?? found.engine ?? missingOf(found, images), name, body);
}

/** `describe` for tests that also run commands that not every host has. */
export function describeWithCommands(
  commands: string[],
  images: string[],
  name: string,
  body: () => void,
): void {
  const found = availability();
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const absent = commands.find((command) => !folders.some((folder) => existsSync(join(folder, command))));
  const missing = absent === undefined ? null : `no ${absent} here`;
  describeUnless(found.engine ?? missingOf(found, images) ?? missing, name, body);
}

function missingOf(found: Availability, images: string[]): string | null {
  return images.map((image) => found.images[image] ?? null).find((why) => why !== null) ?? null;
}

function describeUnless(missing: string | null, name: string, body: () => void): void {
  if (missing === null) describe(name, body);
  else skip(`${name} (left out: ${missing})`, body);
}
