import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { http } from '../harness/traffic/clients';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import type { ContainerState } from '../harness/engine/engine';
import { NODE } from '../harness/engine/images';
import { REPOSITORY } from '../harness/repository';
import { output, succeeded } from '../harness/run';
import { askFrom } from '../segmentation/reach';
import { inNetworkOf, nodeIn } from './attackers';
import { openTenants, site, type Tenants } from './tenants';

const SPOOF = readFileSync(join(REPOSITORY, 'e2e/src/isolation/spoof.pl'), 'utf8');

const DNS = '172.20.0.253';

/**
 * Two tenants and one who is taken over. Where `shared`, each public service has an address on proxynet, as all of them
 * had before: what is an attack there has to be none where a service is on its own networks alone.
 */
async function open(shared: boolean): Promise<Tenants> {
  let next = 50;
  const address = (): object => (shared ? { ipv4_address: `172.20.0.${(next += 1)}` } : {});
  const row = (service: string, domain: string, more: object = {}): object =>
    site(service, domain, { ...more, ...address() });
  const tenants = await openTenants({
    victim: {
      // Without the label Traefik would come by its own network, and nothing could be read.
      services: { web: shared ? { labels: { 'traefik.docker.network': 'proxynet' } } : {}, database: {} },
      ingress: [
        row('web', 'victim.localhost'),
        site('web', 'victim.localhost', { path_prefix: '/admin', allow_source_ips: ['203.0.113.0/24'] }),
      ],
    },
    zoo: {
      services: { web: { networks: ['backend'] }, cellar: { networks: ['backend'] } },
      // Its name sorts behind proxynet, whose members are asked first then.
      compose: { networks: { backend: { internal: true, name: 'zoo_backend' } } },
      ingress: [row('web', 'zoo.localhost')],
    },
    evil: {
      services: { web: {}, database: {}, cellar: {} },
      ingress: [
        row('web', 'evil.localhost'),
        row('database', 'db.localhost'),
        row('cellar', 'cellar.localhost'),
      ],
    },
  });
  await tenants.deploy('proxy', 'victim', 'zoo', 'evil');
  return tenants;
}

interface Link {
  index: number;
  mac: string;
  gateway: string;
  gatewayMac: string;
}

/** The attacker's own link: to the shared network where there is one, else the only one that there is. */
async function linkOf(container: string, near: string): Promise<Link> {
  const program = `
    const links = Object.entries(require('os').networkInterfaces()).flatMap(([name, all]) =>
      all.filter((a) => a.family === 'IPv4' && !a.internal).map((a) => ({ name, ...a })));
    const near = links.find((a) => a.address.startsWith(process.argv[1])) ?? links[0];
    const gateway = near.address.startsWith('172.20.') ? '172.20.0.1' : near.address.replace(/\\d+$/, '1');
    const done = () => {
      const line = require('fs').readFileSync('/proc/net/arp', 'utf8').split('\\n').find((l) => l.startsWith(gateway + ' '));
      const index = Number(require('fs').readFileSync('/sys/class/net/' + near.name + '/ifindex', 'utf8'));
      console.log(JSON.stringify({ index, mac: near.mac, gateway, gatewayMac: line?.split(/ +/)[3] }));
    };
    require('net').connect({ host: gateway, port: 9 }).on('error', done).on('connect', done);
  `;
  const { stdout } = await nodeIn(container, program, near);
  return JSON.parse(stdout) as Link;
}

/**
 * Hardware address of a neighbour as the container learns it; the broadcast address where there is no such neighbour.
 */
async function macOf(container: string, address: string): Promise<string> {
  const program = `
    const done = () => {
      const line = require('fs').readFileSync('/proc/net/arp', 'utf8').split('\\n').find((l) => l.startsWith(process.argv[1] + ' '));
      console.log(line?.split(/ +/)[3] ?? '');
      process.exit();
    };
    require('net').connect({ host: process.argv[1], port: 8080, timeout: 2000 }).on('error', done).on('connect', done).on('timeout', done);
  `;
  const { stdout } = await nodeIn(container, program, address);
  return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(stdout) && stdout !== '00:00:00:00:00:00'
    ? stdout
    : 'ff:ff:ff:ff:ff:ff';
}

/** Poses as an address for some seconds; what the program printed. */
async function spoof(
  attacker: ContainerState,
  claimed: string,
  mode: 'read' | 'dns',
  seconds: number,
): Promise<string> {
  const link = await linkOf(attacker.id, '172.20.');
  const real = await macOf(attacker.id, claimed);
  const args = ['-e', SPOOF, String(link.index), link.mac, claimed, link.gateway, link.gatewayMac, real];
  const attack = await inNetworkOf(attacker.id, { netRaw: true }, 'perl', [...args, String(seconds), mode]);
  return succeeded(attack).stdout;
}

describe.each([
  ['on a network that all share', true],
  ['on networks of their own', false],
])('tenants %s', (_, shared) => {
  describeWithOwnEngine([NODE], 'attacked by a container that was taken over', () => {
    let tenants: Tenants;
    const found = (folder: string, service: string): Promise<ContainerState> =>
      tenants.container(folder, service);
    const addressOf = ({ addresses }: ContainerState): string =>
      addresses['proxynet'] ?? Object.values(addresses)[0] ?? '';

    beforeAll(async () => {
      tenants = await open(shared);
    }, 300_000);
    afterAll(() => tenants?.dispose());

    it(`${shared ? 'have' : 'do not have'} their decrypted requests read by forged ARP`, async () => {
      const victim = addressOf(await found('victim', 'web'));
      const reading = spoof(await found('evil', 'web'), victim, 'read', 8);
      const statuses: number[] = [];
      for (let request = 0; request < 20; request += 1) {
        const question = { address: '127.0.0.1', port: tenants.workspace.ports.webSecure, tls: true };
        const answer = await http({
          ...question,
          host: 'victim.localhost',
          headers: { cookie: `session=${request}` },
        });
        statuses.push(answer.status);
        await sleep(250);
      }
      const read = await reading;
      if (shared) expect(read).toMatch(/cookie: session=\d+/i);
      else {
        expect(read).toBe('');
        expect(new Set(statuses)).toEqual(new Set([200]));
      }
    }, 60_000);

    it(`${shared ? 'have' : 'do not have'} their lookups answered by who poses as the honeypot`, async () => {
      const asker = await found('victim', 'database');
      const posing = spoof(await found('evil', 'web'), DNS, 'dns', 20);
      await sleep(1_000);
      const answers: string[] = [];
      for (let lookup = 0; lookup < 15 && !answers.includes('6.6.6.6'); lookup += 1) {
        const program = `
          const resolver = new (require('dns').Resolver)({ timeout: 800, tries: 1 });
          resolver.setServers(['${DNS}']);
          resolver.resolve4('name-${lookup}.example.com', (error, found) => console.log(found?.[0] ?? error.code));
        `;
        answers.push((await nodeIn(asker.id, program)).stdout);
      }
      await posing;
      if (shared) expect(answers).toContain('6.6.6.6');
      else expect(answers).not.toContain('6.6.6.6');
    }, 60_000);

    it(`${shared ? 'have' : 'do not have'} the name of a sibling answered by somebody else`, async () => {
      const [answer] = await askFrom((await found('zoo', 'web')).id, ['cellar']);
      expect(answer).toBe(shared ? 'evil.cellar' : 'zoo.cellar');
    });

    it(`${shared ? 'have' : 'do not have'} it while their own is down`, async () => {
      const web = (await found('victim', 'web')).id;
      const database = (await found('victim', 'database')).id;
      expect(await askFrom(web, ['database'])).toEqual(['victim.database']);
      await output('docker', ['stop', '--time', '1', database]);
      expect(await askFrom(web, ['database'])).toEqual([shared ? 'evil.database' : null]);
      await output('docker', ['start', database]);
    });

    it(`${shared ? 'are' : 'are not'} asked past their allow list`, async () => {
      const { webSecure: port } = tenants.workspace.ports;
      const victim = await found('victim', 'web');
      const admin = { address: '127.0.0.1', port, tls: true, host: 'victim.localhost', path: '/admin' };
      expect((await http(admin)).status).toBe(403);
      const evil = (await found('evil', 'web')).id;
      const names = [...Object.values(victim.addresses).filter(Boolean), victim.name];
      const answers = await askFrom(evil, names);
      if (shared) expect(answers).toContain('victim.web');
      else expect(answers).toEqual(names.map(() => null));
    });
  });
});
