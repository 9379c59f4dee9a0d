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

/** What Traefik says of itself, in every configuration; all else that it warns of is about ours. */
const OF_ITSELF = [
  // Its dashboard's own entry point is told to be reachable without a password: on the loopback, where deploys read it.
  /dashboard|insecure/i,
];

/** Lines of warning or error that the running Traefik logged at or after `since`, an ISO time. */
export async function complaintsSince(since: string): Promise<string[]> {
  const traefik = (await containersOf('proxy')).find(({ service }) => service === 'traefik');
  const { all } = await run('docker', ['logs', '--since', since, traefik?.id ?? '']);
  return all
    .split('\n')
    .filter((line) => /\b(WRN|ERR|FTL)\b/.test(line) && !OF_ITSELF.some((pattern) => pattern.test(line)));
}
