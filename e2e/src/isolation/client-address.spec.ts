import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import { stringify } from 'yaml';
import { BACKEND, type BackendAnswer } from '../harness/traffic/backend';
import { http, tcp, type HttpAnswer, type HttpQuestion } from '../harness/traffic/clients';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { freePorts } from '../harness/traffic/ports';
import { output, succeeded } from '../harness/run';
import { openTenants, site, type Tenants } from './tenants';

/** Two proxies in front of the host, both trusted, and two clients that come directly. */
const BALANCER = '127.0.0.53';
const SECOND_BALANCER = '127.0.0.54';
const FRIEND = '127.0.0.7';
const STRANGER = '127.0.0.8';
/** Clients that come through a proxy. */
const FAR_FRIEND = '203.0.113.9';
const FAR_STRANGER = '198.51.100.7';

/** The friends, and the network that the proxies are in. */
const ALLOWED = [`${FRIEND}/32`, '203.0.113.0/24', '127.0.0.48/28', '2001:db8:1::/48'];

describeWithOwnEngine([NODE], 'a client, directly and through trusted proxies', () => {
  let tenants: Tenants;
  let ports: { http: number; tcp: number };
  const trust = (more: string[] = []): Record<string, unknown> => ({
    trustedIPs: [BALANCER, SECOND_BALANCER, ...more],
  });

  beforeAll(async () => {
    const [httpPort = 0, tcpPort = 0] = await freePorts(2);
    ports = { http: httpPort, tcp: tcpPort };
    const allowed = { allow_source_ips: ALLOWED };
    tenants = await openTenants(
      {
        shop: {
          services: { web: {} },
          ingress: [
            site('web', 'open.localhost'),
            site('web', 'allowed.localhost', allowed),
            { service: 'web', port: BACKEND.http, hostport: ports.http, ...allowed },
            {
              service: 'web',
              router: 'tcp',
              port: BACKEND.tcp,
              hostport: ports.tcp,
              proxyprotocol: null,
              ...allowed,
            },
          ],
        },
      },
      { settings: trust() },
    );
    // Few enough for a slow machine to get past.
    await tenants.workspace.write(
      'projects/middlewares.yml',
      'http: { middlewares: { rate-limit: { rateLimit: { average: 20, burst: 40 } } } }\n',
    );
    await tenants.deploy('proxy', 'shop');
    await eventually(async () => {
      if ((await secure({ host: 'open.localhost' })).status !== 200) throw new Error('not served');
    });
  }, 240_000);
  afterAll(() => tenants.dispose());

  const secure = (question: Partial<HttpQuestion> & { host: string }): Promise<HttpAnswer> =>
    http({ tls: true, port: tenants.workspace.ports.webSecure, ...question });

  const forwarded = (addresses: string): Record<string, string> => ({ 'x-forwarded-for': addresses });

  /** A connection of a proxy that says by the PROXY protocol whose it is. */
  const proxied = async (port: number, client: string, from = BALANCER): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from });
    await once(socket, 'connect');
    socket.write(`PROXY TCP4 ${client} 127.0.0.1 4711 ${port}\r\n`);
    return socket;
  };

  describe.each([
    ['by labels', 'allowed.localhost'],
    ['in a file', null],
  ])('an allow list %s', (_, host) => {
    const ask = async (question: Partial<HttpQuestion>): Promise<number> =>
      host === null
        ? (await http({ port: ports.http, host: 'localhost', ...question })).status
        : (await secure({ host, ...question })).status;

    it.each([
      [200, FRIEND, null],
      [403, STRANGER, null],
      // A stranger's word counts for nothing.
      [403, STRANGER, FAR_FRIEND],
      [200, BALANCER, FAR_FRIEND],
      // The proxy's own address is in the list, the client's is not.
      [403, BALANCER, FAR_STRANGER],
      [403, BALANCER, `${FAR_FRIEND}, ${FAR_STRANGER}`],
      [200, BALANCER, `${FAR_STRANGER}, ${FAR_FRIEND}`],
      [200, BALANCER, `${FAR_FRIEND}, ${SECOND_BALANCER}`],
      [403, BALANCER, `${FAR_FRIEND}, ${FAR_STRANGER}, ${SECOND_BALANCER}`],
      [200, BALANCER, '2001:db8:1::5'],
      [403, BALANCER, '2001:db8:2::5'],
      [200, BALANCER, `[2001:db8:1::5]:4711`],
      [403, BALANCER, 'unknown'],
      [403, BALANCER, `${FAR_FRIEND}, unknown`],
      // A proxy that speaks for itself, as for a check of its own.
      [200, BALANCER, null],
    ])('answers %s to %s that forwards for %s', async (status, from, client) => {
      expect(await ask({ from, ...(client === null ? {} : { headers: forwarded(client) }) })).toBe(status);
    });

    it('looks at whom the PROXY protocol names', async () => {
      const port = host === null ? ports.http : tenants.workspace.ports.webSecure;
      expect(await ask({ socket: await proxied(port, FAR_FRIEND) })).toBe(200);
      expect(await ask({ socket: await proxied(port, FAR_STRANGER) })).toBe(403);
    });
  });

  it('is who the PROXY protocol says on a port of TCP', async () => {
    const asks = async (socket: Socket): Promise<string> => {
      socket.write('hello');
      const [data] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return data.toString();
    };
    expect(await asks(await proxied(ports.tcp, FAR_FRIEND))).toContain('hello');
    await expect(
      Promise.race([asks(await proxied(ports.tcp, FAR_STRANGER)), refusedAfter(2_000)]),
    ).rejects.toThrow();
    expect((await tcp({ port: ports.tcp, from: FRIEND, send: 'direct' })).text).toContain('direct');
    await expect(tcp({ port: ports.tcp, from: STRANGER, send: 'direct' })).rejects.toThrow();
  });

  it('is the one address that the service hears of', async () => {
    const heard = async (from: string, headers: Record<string, string>): Promise<unknown> => {
      const { body } = await secure({ host: 'open.localhost', from, headers });
      const told = (JSON.parse(body) as BackendAnswer).headers;
      return [told['x-forwarded-for'], told['x-real-ip'], told['forwarded'], told['proxy']];
    };
    const forged = {
      'x-real-ip': '6.6.6.6',
      forwarded: 'for=6.6.6.6',
      proxy: 'http://6.6.6.6:3128',
    };
    const only = (address: string): unknown => [address, address, undefined, undefined];
    expect(await heard(FRIEND, { ...forged, ...forwarded(FAR_FRIEND) })).toEqual(only(FRIEND));
    expect(await heard(BALANCER, { ...forged, ...forwarded(`6.6.6.6, ${FAR_FRIEND}`) })).toEqual(
      only(FAR_FRIEND),
    );
  });

  describe('the rate limit', () => {
    /** How many of these clients are refused when all ask at once. */
    const refused = async (clients: string[]): Promise<number> => {
      const answers = await inBatches(clients, 50, (client) =>
        secure({ host: 'open.localhost', from: BALANCER, headers: forwarded(client) }),
      );
      return answers.filter(({ status }) => status === 429).length;
    };

    it('is each client’s own, not one of all who come through a proxy', async () => {
      const many = Array.from({ length: 200 }, (_, n) => `198.18.0.${n}`);
      expect(await refused(many)).toBe(0);
      expect(await refused(Array<string>(200).fill('198.19.0.1'))).toBeGreaterThan(20);
      expect((await secure({ host: 'open.localhost', from: FRIEND })).status).toBe(200);
    });

    it('takes the addresses of one IPv6 network for one client', async () => {
      const inOne = Array.from({ length: 200 }, (_, n) => `2001:db8:9::${n.toString(16)}`);
      expect(await refused(inOne)).toBeGreaterThan(20);
      const inMany = Array.from({ length: 200 }, (_, n) => `2001:db8:8:${n.toString(16)}::1`);
      expect(await refused(inMany)).toBe(0);
    });

    it('is not evaded by what a client writes into X-Forwarded-For', async () => {
      const forged = Array.from({ length: 200 }, (_, n) => `198.18.1.${n}, 198.19.0.2`);
      expect(await refused(forged)).toBeGreaterThan(20);
    });
  });

  it('stays who it is while Traefik is replaced, with other proxies, without any, and with some again', async () => {
    const { workspace } = tenants;
    const direct = [
      { from: FRIEND, expected: 200 },
      { from: STRANGER, expected: 403 },
    ];
    const through = [
      { from: BALANCER, headers: forwarded(FAR_FRIEND), expected: 200 },
      { from: BALANCER, headers: forwarded(FAR_STRANGER), expected: 403 },
    ];
    const wrongWhile = async (settings: object, cases: typeof through | typeof direct): Promise<string[]> => {
      const entryPoints = { web: workspace.ports.web, 'web-secure': workspace.ports.webSecure };
      await workspace.write('projects/itsup.yml', stringify({ ...settings, traefik: { entryPoints } }));
      const seen: string[] = [];
      let running = true;
      const asking = (async () => {
        while (running) {
          for (const { expected, ...question } of cases) {
            const { status } = await secure({ host: 'allowed.localhost', ...question });
            if (status !== expected) seen.push(`${question.from}: ${status}`);
          }
          // Below the rate limit.
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      })();
      try {
        await tenants.deploy('proxy');
      } finally {
        running = false;
        await asking;
      }
      return seen;
    };
    expect(await wrongWhile(trust(['127.0.0.55']), [...direct, ...through])).toEqual([]);
    expect(await wrongWhile({}, direct)).toEqual([]);
    expect(await wrongWhile(trust(['127.0.0.55']), direct)).toEqual([]);
    const late = { host: 'allowed.localhost', from: '127.0.0.55', headers: forwarded(FAR_FRIEND) };
    expect((await secure(late)).status).toBe(200);
  }, 280_000);

  it('is offered no cipher with CBC, and told to keep to HTTPS', async () => {
    const shakesHands = async (ciphers: string): Promise<string> => {
      const socket = tlsConnect({
        host: '127.0.0.1',
        port: tenants.workspace.ports.webSecure,
        servername: 'open.localhost',
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.2',
        ciphers,
      });
      try {
        await once(socket, 'secureConnect');
        return socket.getCipher().name;
      } catch {
        return 'refused';
      } finally {
        socket.destroy();
      }
    };
    for (const cbc of ['ECDHE-RSA-AES128-SHA', 'ECDHE-RSA-AES256-SHA', 'AES128-GCM-SHA256'])
      expect(await shakesHands(cbc)).toBe('refused');
    for (const modern of ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-CHACHA20-POLY1305'])
      expect(await shakesHands(modern)).toBe(modern);
    const { headers } = await secure({ host: 'open.localhost' });
    expect(headers['strict-transport-security']).toBe('max-age=63072000');
  });

  it('leaves neither query nor credentials in the log of the container', async () => {
    await secure({
      host: 'open.localhost',
      path: '/reset?token=QUERY-S3CR3T',
      headers: { authorization: 'Bearer HEADER-S3CR3T', cookie: 'session=COOKIE-S3CR3T' },
    });
    const { id } = await tenants.container('proxy', 'traefik');
    await eventually(async () => {
      expect(await output('sh', ['-c', `docker logs ${id} 2>&1`])).toContain('"RequestPath":"/reset"');
    });
    expect(await output('sh', ['-c', `docker logs ${id} 2>&1`])).not.toContain('S3CR3T');
  });

  it('is told by validate where a list lets a proxy itself in', async () => {
    const told = succeeded(await tenants.workspace.nx(['run', `${tenants.workspace.name('shop')}:validate`]));
    expect(told.all).toContain(`lets in the proxy ${BALANCER} of trustedIPs`);
  });
});

/** Rejects: for what waits for an answer that must not come. */
async function refusedAfter(milliseconds: number): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  throw new Error('no answer');
}

async function inBatches<In, Out>(all: In[], size: number, act: (each: In) => Promise<Out>): Promise<Out[]> {
  const results: Out[] = [];
  for (let start = 0; start < all.length; start += size)
    results.push(...(await Promise.all(all.slice(start, start + size).map(act))));
  return results;
}
