/** What tests beside an engine of their own share: its images, and why it is not there. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from './bench.mjs';

/** Ends this process where the workspace cannot be deployed here: a failure where an engine was asked for by name. */
export function needEngine(server) {
  const missing = process.env.ITSUP_E2E_NO_OWN_ENGINE ?? missingImage(server);
  if (missing !== null) {
    say(`LEFT OUT, deploys on an engine: ${missing}`);
    process.exit(process.env.ITSUP_PACKED_ENGINE === undefined ? 0 : 1);
  }
  const version = ['version', '--format', '{{.Server.Version}}'];
  say(`engine ${execFileSync('docker', version, { encoding: 'utf8' }).trim()}`);
}

/** Takes what is deployed from the machine's engine; the image that is not there. */
function missingImage(server) {
  const { ITSUP_E2E_MACHINE_ENGINE: machine } = process.env;
  const compose = readFileSync(join(server, 'proxy/docker-compose.yml'), 'utf8');
  const images = [...compose.matchAll(/^\s+image: ["']?([^\s"']+)/gm)]
    .map(([, image]) => image)
    .filter((image) => !image.startsWith('proxy-') && !image.startsWith('itsup-'));
  for (const image of ['busybox:stable', ...images, ...basesOf(server, compose)]) {
    const file = join(tmpdir(), `itsup-packed-image-${process.pid}.tar`);
    const saved = spawnSync('docker', ['--host', machine, 'save', '--output', file, image]);
    if (saved.status === 0) execFileSync('docker', ['load', '--quiet', '--input', file], { stdio: 'ignore' });
    rmSync(file, { force: true });
    if (saved.status !== 0) return `the machine's engine has no image ${image}`;
  }
  return null;
}

/** Of images that the proxy builds. */
function basesOf(server, compose) {
  const file = join(server, 'proxy/dns/Dockerfile');
  if (!compose.includes('build:') || !existsSync(file)) return [];
  return [...readFileSync(file, 'utf8').matchAll(/^FROM (?:--\S+ )?(\S+)/gm)].map(([, image]) => image);
}
