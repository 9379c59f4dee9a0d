import { http } from '../harness/clients';
import { containersOf } from '../harness/engine';
import { run } from '../harness/run';

const API_PORT = 8082;
const KINDS = [
  'http/routers',
  'http/services',
  'http/middlewares',
  'tcp/routers',
  'tcp/services',
  'udp/routers',
  'udp/services',
];

/** A router, service or middleware of the running Traefik. */
export interface RuntimeEntry {
  name: string;
  status: string;
  error?: string[];
}

/** What the running Traefik's API lists of a kind, e.g. `http/routers`. */
export async function runtimeEntries(kind: string): Promise<RuntimeEntry[]> {
  const { status, body } = await http({
    port: API_PORT,
    host: 'localhost',
    path: `/api/${kind}?per_page=10000`,
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
 * Lines of warning or error about a configuration that the running Traefik logged at or after `since`, an ISO time.
 * What it says of itself, say of its dashboard, names no router, service or provider.
 */
export async function complaintsSince(since: string): Promise<string[]> {
  const traefik = (await containersOf('proxy')).find(({ service }) => service === 'traefik');
  const { all } = await run('docker', ['logs', '--since', since, traefik?.id ?? '']);
  return all
    .split('\n')
    .filter((line) => /\b(WRN|ERR|FTL)\b.*\b(router|service|middleware|provider|entryPoint)Name=/.test(line));
}
