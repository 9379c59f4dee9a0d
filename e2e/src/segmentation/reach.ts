import { BACKEND } from '../harness/traffic/backend';
import { containersOf } from '../harness/engine/engine';
import { output } from '../harness/run';

/** A container of the segmented workspace, `<folder>.<service>`. */
export interface Member {
  label: string;
  id: string;
  addresses: string[];
}

/** The containers of these projects by `<folder>.<service>`, one a service. */
export async function membersOf(projects: Record<string, string>): Promise<Member[]> {
  const lists = await Promise.all(
    Object.entries(projects).map(async ([folder, project]) =>
      (await containersOf(project)).map(({ service, id, addresses }) => ({
        label: `${folder}.${service}`,
        id,
        addresses: Object.values(addresses).filter(Boolean),
      })),
    ),
  );
  return lists.flat();
}

const ASK = `
const http = require('node:http');
const [port, ...hosts] = process.argv.slice(1);
const ask = (host) => new Promise((resolve) => {
  const request = http.get({ host, port, timeout: 4000 }, (response) => {
    let body = '';
    response.on('data', (chunk) => { body += chunk; });
    response.on('end', () => resolve(JSON.parse(body).name));
  });
  request.on('timeout', () => request.destroy());
  request.on('error', () => resolve(null));
});
Promise.all(hosts.map(ask)).then((names) => { console.log(JSON.stringify(names)); process.exit(); });
`;

/** Asks `hosts`, names or addresses, from inside a container; the answering backends' names, null for no answer. */
export async function askFrom(container: string, hosts: string[]): Promise<(string | null)[]> {
  const json = await output('docker', ['exec', container, 'node', '-e', ASK, String(BACKEND.http), ...hosts]);
  return JSON.parse(json) as (string | null)[];
}

/** Whom `from` reaches at any of their addresses, by label, sorted; without itself. */
export async function reachable(from: Member, members: Member[]): Promise<string[]> {
  const names = await askFrom(
    from.id,
    members.flatMap(({ addresses }) => addresses),
  );
  const reached = new Set(names.filter((name): name is string => name !== null && name !== from.label));
  return [...reached].sort();
}
