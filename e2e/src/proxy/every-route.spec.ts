import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createSocket } from 'node:dgram';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { once } from 'node:events';
import { BACKEND_CERTIFICATE, backendsListening, type BackendAnswer } from '../harness/traffic/backend';
import { http, tcp, udp, type HttpQuestion } from '../harness/traffic/clients';
import { describeWithProxy } from '../harness/engine/describe-with';
import { containersOf } from '../harness/engine/engine';
import { eventually } from '../harness/eventually';
import { BUSYBOX, NODE } from '../harness/engine/images';
import { output, succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';
import {
  BACKENDS,
  createRouteWorkspace,
  DASHBOARD,
  OWN_RESOLVER,
  PINNED_ADDRESS,
  type Hostports,
} from '../routes/route-workspace';
import { complaintsSince, routersInError } from '../routes/traefik';

describeWithProxy([BUSYBOX, NODE], 'the proxy stack, with a row of every mode', () => {
  let workspace: TestWorkspace;
  let ports: Hostports;
  let outsideHttp: HttpServer;
  let outsideTcp: TcpServer;
  const outsideUdp = createSocket('udp4');

  beforeAll(async () => {
    outsideHttp = createHttpServer(({ url }, response) => response.end(`outside ${url}`)).listen(
      0,
      '127.0.0.1',
    );
    outsideTcp = createTcpServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(
      0,
      '127.0.0.1',
    );
    outsideUdp.on('message', (message, { port, address }) => outsideUdp.send(message, port, address));
    outsideUdp.bind(0, '127.0.0.1');
    await Promise.all([outsideHttp, outsideTcp, outsideUdp].map((server) => once(server, 'listening')));
    ({ workspace, ports } = await createRouteWorkspace({
      http: (outsideHttp.address() as AddressInfo).port,
      tcp: (outsideTcp.address() as AddressInfo).port,
      udp: outsideUdp.address().port,
    }));
    succeeded(await workspace.npm(['start'], { timeoutMs: 200_000 }));
    await backendsListening(BACKENDS.map(workspace.name));
  }, 240_000);

  afterAll(async () => {
    await workspace.dispose();
    outsideHttp.close();
    outsideTcp.close();
    outsideUdp.close();
  });

  /** A request over HTTPS at the built-in entry point. */
  const https = (host: string, path = '/', extra: Partial<HttpQuestion> = {}) =>
    http({ port: workspace.ports.webSecure, tls: true, host, path, ...extra });

  /** The backend's answer to it. */
  async function answer(host: string, path = '/', extra: Partial<HttpQuestion> = {}): Promise<BackendAnswer> {
    const { status, body } = await https(host, path, extra);
    if (status !== 200) throw new Error(`${host}${path}: ${status} ${body}`);
    return JSON.parse(body) as BackendAnswer;
  }

  /** The backend's answer to a line sent over TCP. */
  async function line(port: number, servername?: string): Promise<Record<string, unknown>> {
    const { text } = await tcp({ port, send: 'hello', servername });
    return JSON.parse(text) as Record<string, unknown>;
  }

  it('opens the examples', async () => {
    // Traefik follows the engine's events: it may serve a moment later than the deploy ends.
    await eventually(async () => expect((await https('website.localhost')).body).toContain("It's up"));
    expect((await https('shop.localhost')).body).toContain('Kettle');
    const note = { method: 'POST', body: 'note=remember+me' };
    expect((await https('notes.localhost', '/', note)).status).toBe(303);
    expect((await https('notes.localhost')).body).toContain('remember me');
    expect((await tcp({ port: ports.echo, send: 'hello' })).text).toBe('hello');
  });

  describe('over HTTP, by labels', () => {
    it('answers HTTPS by name', async () => {
      expect(await answer('plain.localhost')).toMatchObject({ name: 'web', url: '/' });
    });

    it('tells the backend the name and the scheme that were asked for', async () => {
      const { headers } = await answer('plain.localhost');
      expect(headers['host']).toBe('plain.localhost');
      expect(headers['x-forwarded-proto']).toBe('https');
    });

    it('sends plain HTTP to HTTPS, on the port that the client can reach', async () => {
      const { web, webSecure } = workspace.ports;
      const location = async (host: string): Promise<string | undefined> => {
        const { status, headers } = await http({ port: web, host, path: '/a?b=c' });
        expect(status).toBe(301);
        return headers.location;
      };
      expect(await location(`plain.localhost:${web}`)).toBe(`https://plain.localhost:${webSecure}/a?b=c`);
      expect(await location('plain.localhost')).toBe('https://plain.localhost/a?b=c');
    });

    it('knows no other name', async () => {
      expect((await https('unknown.localhost')).status).toBe(404);
    });

    it('keeps a path prefix, or strips it', async () => {
      expect(await answer('paths.localhost', '/kept/page')).toMatchObject({ url: '/kept/page' });
      expect(await answer('paths.localhost', '/removed/page')).toMatchObject({ url: '/page' });
      expect((await https('paths.localhost', '/')).status).toBe(404);
    });

    it('prefers the longer path, of whichever service', async () => {
      expect(await answer('plain.localhost', '/api/x')).toMatchObject({ name: 'api' });
      expect(await answer('plain.localhost', '/x')).toMatchObject({ name: 'web' });
    });

    it('guards the main name and the other names with the prefix', async () => {
      for (const host of ['main.localhost', 'san.localhost']) {
        expect(await answer(host, '/area')).toMatchObject({ name: 'web' });
        expect((await https(host, '/')).status).toBe(404);
      }
    });

    it('refuses who is not on the allow list', async () => {
      expect((await https('closed.localhost')).status).toBe(403);
      expect(await answer('open.localhost')).toMatchObject({ name: 'web' });
    });

    it('uses middlewares by name and sets headers', async () => {
      expect((await https('stamped.localhost')).headers['x-stamp']).toBe('stamped');
      expect((await https('headers.localhost')).headers['x-greeting']).toBe('hello');
      expect((await answer('headers.localhost')).headers['x-via']).toBe('proxy');
    });

    it('takes a wildcard', async () => {
      expect(await answer('any.wild.localhost')).toMatchObject({ name: 'web' });
      expect((await https('wild.localhost')).status).toBe(404);
    });

    it('prefers the higher priority to the longer rule', async () => {
      expect(await answer('ranked.localhost', '/a/long/path')).toMatchObject({ name: 'api' });
      const post = await answer('ranked.localhost', '/a/long/path', { method: 'POST' });
      expect(post).toMatchObject({ name: 'web' });
    });

    it('speaks HTTPS and HTTP/2 to the backend where a row says so', async () => {
      expect(await answer('secure.localhost')).toMatchObject({ name: 'api', tls: true });
      expect(await answer('h2c.localhost')).toMatchObject({ name: 'api', tls: false, http: '2.0' });
    });

    it('leaves challenges of a certificate authority to the backend, over plain HTTP', async () => {
      const path = '/.well-known/acme-challenge/token';
      const { status, body } = await http({ port: workspace.ports.web, host: 'challenge.localhost', path });
      expect({ status, ...(JSON.parse(body) as BackendAnswer) }).toMatchObject({ status: 200, url: path });
    });

    it('pins an address and takes resolvers word for word', async () => {
      expect(await answer('pinned.localhost')).toMatchObject({ name: 'web' });
      const [container] = await containersOf(workspace.name('pinned'));
      expect(container?.addresses['proxynet']).toBe(PINNED_ADDRESS);
      const dns = await output('docker', ['inspect', '--format', '{{.HostConfig.Dns}}', container?.id ?? '']);
      expect(dns).toBe(`[${OWN_RESOLVER}]`);
    });

    it('takes a raw rule', async () => {
      expect((await https('raw.localhost')).status).toBe(404);
      expect(await answer('raw.localhost', '/', { headers: { 'x-team': 'blue' } })).toMatchObject({
        name: 'web',
      });
    });
  });

  describe('on ports of the host', () => {
    it('answers HTTP and strips the prefix', async () => {
      const { body } = await http({ port: ports.http, host: 'whatever.localhost', path: '/removed/page' });
      expect(JSON.parse(body)).toMatchObject({ name: 'web', url: '/page' });
    });

    it('refuses who is not on the allow list, over HTTP and TCP', async () => {
      expect((await http({ port: ports.httpClosed, host: 'localhost' })).status).toBe(403);
      // The port is open: Traefik takes the connection, and ends it.
      await expect(line(ports.tcpClosed)).rejects.toThrow(/closed without an answer|ECONNRESET/);
    });

    it('lets in who is on it, keeps the prefix and uses middlewares by name', async () => {
      const kept = { port: ports.httpOpen, host: 'whatever.localhost', path: '/kept/page' };
      const { headers, body } = await http(kept);
      expect(JSON.parse(body)).toMatchObject({ name: 'web', url: '/kept/page' });
      expect(headers['x-stamp']).toBe('stamped');
      expect((await http({ ...kept, path: '/' })).status).toBe(404);
    });

    it('answers HTTPS by name', async () => {
      const question = { port: ports.httpTls, tls: true, host: 'own-port.localhost' };
      expect(JSON.parse((await http(question)).body)).toMatchObject({ name: 'web' });
      expect((await http({ ...question, host: 'other.localhost' })).status).toBe(404);
    });

    it('carries TCP as it is', async () => {
      expect(await line(ports.tcp)).toMatchObject({ name: 'web', received: 'hello' });
    });

    it('terminates TLS and tells two names on one port apart', async () => {
      expect(await line(ports.tcpSni, 'first.localhost')).toMatchObject({ name: 'web', received: 'hello' });
      const third = await tcp({ port: ports.tcpSni, send: 'hello\r\n\r\n', servername: 'third.localhost' });
      expect(third.text).toMatch(/^HTTP\/1\.1 40/);
      const second = await tcp({ port: ports.tcpSni, send: 'hello', servername: 'second.localhost' });
      expect(second.certificateName).not.toBe(BACKEND_CERTIFICATE);
      expect(JSON.parse(second.text)).toMatchObject({ name: 'tls' });
    });

    it('takes a raw rule over TCP', async () => {
      expect(await line(ports.tcpSni, 'fourth-name.localhost')).toMatchObject({ name: 'web' });
    });

    it('carries UDP', async () => {
      expect(JSON.parse(await udp({ port: ports.udp, send: 'ping' }))).toMatchObject({ received: 'ping' });
    });

    it('tells the backend who asks, in both versions of the PROXY protocol', async () => {
      const told = { name: 'web', source: '127.0.0.1', received: 'hello' };
      expect(await line(ports.proxyV1)).toEqual(expect.objectContaining({ ...told, version: 1 }));
      expect(await line(ports.proxyV2)).toEqual(expect.objectContaining({ ...told, version: 2 }));
    });
  });

  describe('TLS that is not HTTP', () => {
    it('shares the port of HTTPS, terminated', async () => {
      expect(await line(workspace.ports.webSecure, 'shared.localhost')).toMatchObject({ name: 'web' });
    });

    it.each([
      ['an http row', () => workspace.ports.webSecure, 'through.localhost', 'api'],
      ['a tcp row', () => workspace.ports.webSecure, 'through-tcp.localhost', 'tls'],
      ['a tcp row on its own port', () => ports.passthrough, 'through-port.localhost', 'tls'],
    ])('is passed through to the backend by %s', async (_, port, servername, name) => {
      const send = `GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`;
      const { text, certificateName } = await tcp({ port: port(), servername, send });
      expect(certificateName).toBe(BACKEND_CERTIFICATE);
      expect(text).toContain(`"name":"${name}"`);
    });
  });

  it('leads to hosts outside Docker', async () => {
    expect((await https('outside.localhost', '/page')).body).toBe('outside /page');
    expect((await https('outside.localhost', '/stripped/page')).body).toBe('outside /page');
    expect((await https('outside-closed.localhost')).status).toBe(403);
    expect((await http({ port: ports.externalHttp, host: 'any.localhost' })).body).toBe('outside /');
    expect((await tcp({ port: ports.externalTcp, send: 'hello' })).text).toBe('hello');
    expect(await udp({ port: ports.externalUdp, send: 'hello' })).toBe('hello');
  });

  it('asks for a password before it shows the dashboard', async () => {
    const path = '/api/version';
    const basic = (password: string): Partial<HttpQuestion> => ({
      headers: { authorization: `Basic ${Buffer.from(`${DASHBOARD.user}:${password}`).toString('base64')}` },
    });
    expect((await https('dashboard.localhost', path)).status).toBe(401);
    expect((await https('dashboard.localhost', path, basic('guessed'))).status).toBe(401);
    expect((await https('dashboard.localhost', path, basic(DASHBOARD.password))).status).toBe(200);
  });

  describe('containers that come and go', () => {
    const hostnames = async (): Promise<Set<string>> => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => answer('replicas.localhost')));
      return new Set(answers.map(({ hostname }) => hostname));
    };

    it('keeps a client on one replica where the row is sticky', async () => {
      const { headers, body } = await https('sticky.localhost');
      const cookie = headers['set-cookie']?.[0]?.split(';')[0] ?? '';
      expect(cookie).not.toBe('');
      const { hostname } = JSON.parse(body) as BackendAnswer;
      for (let count = 0; count < 6; count += 1) {
        expect(await answer('sticky.localhost', '/', { headers: { cookie } })).toMatchObject({ hostname });
      }
    });

    it('uses every replica, carries on with one, and takes its replacement in', async () => {
      const project = workspace.name('replicas');
      const both = await hostnames();
      expect(both.size).toBe(2);

      const [victim] = await containersOf(project);
      await output('docker', ['rm', '--force', victim?.id ?? '']);
      await eventually(async () => expect((await hostnames()).size).toBe(1), { timeoutMs: 30_000 });

      succeeded(await workspace.nx(['deploy', project]));
      const after = await eventually(async () => {
        const names = await hostnames();
        expect(names.size).toBe(2);
        return names;
      });
      expect([...after].filter((hostname) => both.has(hostname))).toHaveLength(1);
    });

    it('follows a container to its new address', async () => {
      const project = workspace.name('moving');
      const network = `${project}_default`;
      const before = (await containersOf(project))[0]?.addresses[network];
      await output('docker', ['rm', '--force', (await containersOf(project))[0]?.id ?? '']);
      // Should the engine give addresses away again, it takes the one that became free.
      await output('docker', [
        ...['run', '--detach', '--rm', '--network', network],
        ...['--label', `com.docker.compose.project=${project}-squatter`, NODE, 'sleep', '600'],
      ]);
      succeeded(await workspace.nx(['deploy', project]));
      expect((await containersOf(project))[0]?.addresses[network]).not.toBe(before);
      await eventually(async () => {
        expect(await answer('moving.localhost')).toMatchObject({ name: 'web' });
        expect(await line(ports.moving)).toMatchObject({ name: 'web' });
      });
    });
  });

  it('has no router, service or middleware in error, and logs no warning about one', async () => {
    expect(await routersInError()).toEqual([]);
    const now = new Date().toISOString();
    // Whatever was wrong with the configuration would be logged again with the next one.
    const outside = `projects/${workspace.name('outside')}/ingress.yml`;
    const nowhere = '  - domain: elsewhere.localhost\n    port: 1\n';
    await workspace.write(outside, `${await workspace.read(outside)}${nowhere}`);
    // Nothing listens there, which the deploy tells; the router is one like any other.
    const { exitCode, all } = await workspace.nx(['run-many', '-t', 'deploy']);
    expect(exitCode).toBe(1);
    expect(all).toMatch(
      /elsewhere\.localhost.* is answered with 502: nothing answers at port 1 of 127\.0\.0\.1/,
    );
    expect((await https('elsewhere.localhost')).status).toBe(502);
    expect(await complaintsSince(now)).toEqual([]);
    expect(await routersInError()).toEqual([]);
  });
});
