import { missingPlugin } from './crowdsec-plugin';
import { proxyFolder } from './engine';
import { BUSYBOX, CROWDSEC, NODE, PROXY_IMAGES, WHOAMI } from './images';
import { takeFromMachine } from './own-engine';
import { run } from '../run';

/** What this machine lacks: null means that it is there, a text says why it is not. */
export interface Availability {
  engine: string | null;
  /** By image, `name:tag`. */
  images: Record<string, string | null>;
  /** A host has one proxy: where one runs, it is nothing to test on. */
  proxy: string | null;
}

const VARIABLE = 'ITSUP_E2E_AVAILABILITY';
const PULL_TIMEOUT_MS = 90_000;
const UNREACHABLE_TIMEOUT_MS = 10_000;

/** Asks the machine, and pulls the images that it lacks. */
export async function findAvailability(): Promise<Availability> {
  const engine = await missingEngine();
  const images: Record<string, string | null> = {};
  let registryAnswers = true;
  // Large, and of no use without the plugin.
  const crowdsec = missingPlugin() === null ? [CROWDSEC] : [];
  for (const image of [BUSYBOX, NODE, ...PROXY_IMAGES, ...crowdsec, WHOAMI]) {
    const missing = engine ?? (await missingImage(image, registryAnswers));
    images[image] = missing;
    // One failed pull is enough to know that the next one would only cost time.
    if (missing !== null) registryAnswers = false;
  }
  return { engine, images, proxy: engine ?? (await occupiedProxy()) };
}

async function missingEngine(): Promise<string | null> {
  try {
    const { exitCode, stderr } = await run('docker', ['version', '--format', '{{.Server.Version}}'], {
      timeoutMs: UNREACHABLE_TIMEOUT_MS,
    });
    if (exitCode === 0) return null;
    return exitCode === undefined ? 'there is no docker command' : `no Docker engine answers: ${stderr}`;
  } catch (error) {
    return `no Docker engine: ${String(error)}`;
  }
}

async function occupiedProxy(): Promise<string | null> {
  const folder = await proxyFolder();
  return folder === null ? null : `a proxy runs on this engine, deployed from ${folder}`;
}

async function missingImage(image: string, registryAnswers: boolean): Promise<string | null> {
  if ((await run('docker', ['image', 'inspect', image])).exitCode === 0) return null;
  if (await takeFromMachine(image)) return null;
  if (!registryAnswers) return `the image ${image} is not there and cannot be pulled`;
  const pull = await run('docker', ['pull', '--quiet', image], { timeoutMs: PULL_TIMEOUT_MS });
  return pull.exitCode === 0 ? null : `the image ${image} is not there and cannot be pulled`;
}

/** Hands the finding to the test files; called once, before they are loaded. */
export function publishAvailability(availability: Availability): void {
  process.env[VARIABLE] = JSON.stringify(availability);
}

/** The finding of this run. */
export function availability(): Availability {
  return JSON.parse(
    process.env[VARIABLE] ?? '{"engine":"nobody asked for one","images":{},"proxy":null}',
  ) as Availability;
}
