import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { apiSecretOf, type WorkspaceIdentity } from '@itsup/deploy';
import { parse } from 'yaml';
import { http } from '../harness/traffic/clients';
import { containersOf } from '../harness/engine/engine';
import { output, run } from '../harness/run';

const KINDS = [
  'http/routers',
  'http/services',
  'http/middlewares',
  'tcp/routers',
  'tcp/services',
  'tcp/middlewares',
  'udp/routers',
  'udp/services',
];

/** A router, service or middleware of the running Traefik. */
export interface RuntimeEntry {
  name: string;
  status: string;
  error?: string[];
}

/** Where the running Traefik's API answers, and what it asks for, as the state folder that it mounts says. */
export async function traefikApi(): Promise<{ state: string; port: number; authorization: string }> {
  const traefik = (await containersOf('proxy')).find(({ service }) => service === 'traefik');
  const mounts = JSON.parse(
    await output('docker', ['inspect', '--format', '{{json .Mounts}}', traefik?.id ?? '']),
  ) as { Source: string; Destination: string }[];
  const published = mounts.find(({ Destination }) => Destination === '/etc/traefik')?.Source ?? '';
  const state = dirname(published);
  const identity = JSON.parse(await readFile(join(state, 'workspace.json'), 'utf8')) as WorkspaceIdentity;
  const { entryPoints } = parse(await readFile(join(published, 'traefik.yml'), 'utf8')) as {
    entryPoints: { traefik: { address: string } };
  };
  return {
    state,
    port: Number(entryPoints.traefik.address.split(':').at(-1)),
    authorization: `Basic ${Buffer.from(`itsup:${apiSecretOf(identity)}`).toString('base64')}`,
  };
}

/** What the running Traefik's API lists of a kind, e.g. `http/routers`. */
export async function runtimeEntries(kind: string): Promise<RuntimeEntry[]> {
  const { port, authorization } = await traefikApi();
  const { status, body } = await http({
    port,
    host: 'localhost',
    path: `/api/${kind}?per_page=10000`,
    headers: { authorization },
  });
  if (status !== 200) throw new Error(`/api/${kind}: ${status} ${body}`);
  return JSON.parse(body) as RuntimeEntry[];
}

/** Everything that Traefik's API does not report as enabled. */
export async function routersInError(): Promise<RuntimeEntry[]> {
  const all = await Promise.all(KINDS.map(runtimeEntries));
  return all.flat().filter(({ status }) => status !== 'enabled');
}

/**
 * What one that was built without its web interface says of itself at every change; all else that it warns of is about
 * ours.
 */
const OF_ITSELF = /appending dashboard to API router/;

/** Lines of warning or error that the running Traefik logged at or after `since`, an ISO time. */
export async function complaintsSince(since: string): Promise<string[]> {
  const traefik = (await containersOf('proxy')).find(({ service }) => service === 'traefik');
  const { all } = await run('docker', ['logs', '--since', since, traefik?.id ?? '']);
  return all.split('\n').filter((line) => /\b(WRN|ERR|FTL)\b/.test(line) && !OF_ITSELF.test(line));
}
