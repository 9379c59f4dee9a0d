import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { routeWorkspace } from '@itsup/routing';

import { facts, WEB } from '../testing/deploy-simulated';
import { ingressRow, SimulatedWorkspace } from '../testing/simulated-workspace';
import { changeBook, readBook } from './refused/book';
import { CertificateKeeper } from './keeper';
import { refusalKey, type BookedRefusal } from './model';
import type { RunningTraefik } from './running-traefik';
import { standInNames } from './refused/stand-in';
import { askForOthers, bookAfter, bookBefore } from './around-run';

// Keys of stand-ins are made, which takes its time on a busy machine.
jest.setTimeout(120_000);

let simulated: SimulatedWorkspace;
let server: Server | null = null;
/** Traefik's log. */
let printed = '';

beforeEach(async () => {
  simulated = await SimulatedWorkspace.create();
});
afterEach(async () => {
  server?.close();
  server = null;
  await simulated.dispose();
});

function keeperOf(...domains: string[]): CertificateKeeper {
  const { settings } = simulated;
  simulated.settings = { ...settings, letsEncrypt: { ...settings.letsEncrypt, email: 'ops@example.com' } };
  simulated.setProject('shop', { web: WEB }, { compose: facts('web'), ingress: [ingressRow({ domains })] });
  const workspace = simulated.workspace();
  const context = simulated.context();
  return new CertificateKeeper({
    context: { ...context, docker: { ...context.docker, logs: () => Promise.resolve(printed) } },
    workspace,
    routing: routeWorkspace(workspace),
    whereTheyLead: (names) => Promise.resolve(Object.fromEntries(names.map((name) => [name, '192.0.2.7']))),
  });
}

async function refused(
  names: string[],
  resolver: string,
  lookups: Record<string, string> = {},
): Promise<void> {
  const refusal: BookedRefusal = {
    ...{ names, resolver, at: simulated.clock.now(), asked: true, reason: 'no', lookups },
    ...{ culprits: [], isVerdict: true, notBefore: null },
    standIn: { certificate: 'a certificate', key: 'a key' },
  };
  await changeBook(simulated.context(), (book) => ({
    ...book,
    refusals: { ...book.refusals, [refusalKey(refusal)]: refusal },
  }));
}

const held = async (): Promise<string[]> =>
  Object.values((await readBook(simulated.context().state)).refusals).map(({ names }) => names.join(','));

describe('refusals that nobody asks for any more', () => {
  it('go when their names are asked for in another certificate, for what stands in would pass for it', async () => {
    const keeper = keeperOf('shop.net');
    const [wanted] = keeper.wanted(['shop']);
    await refused(['blocked.net', 'shop.net'], wanted?.resolver ?? '');
    await refused(['other.net'], wanted?.resolver ?? '');
    await keeper.forgetUnwanted(null, keeper.wanted(['shop']));
    expect(await held()).toEqual(['other.net']);
    await keeper.forgetUnwanted(null, null);
    expect(await held()).toEqual([]);
  });

  it('stay while the same names are wanted of the same resolver, and go with another one', async () => {
    const keeper = keeperOf('shop.net');
    const [wanted] = keeper.wanted(['shop']);
    await refused(['shop.net'], wanted?.resolver ?? '');
    await keeper.forgetUnwanted(null, null);
    expect(await held()).toEqual(['shop.net']);
    await refused(['shop.net'], 'yesterday');
    await keeper.forgetUnwanted(null, keeper.wanted(['shop']));
    const { refusals } = await readBook(simulated.context().state);
    expect(Object.keys(refusals)).toEqual(['letsencrypt shop.net']);
  });

  it('stay while a router that runs asks for them: what stands in is all that keeps Traefik from asking', async () => {
    const keeper = keeperOf('shop.net');
    await refused(['old.net', 'www.old.net'], 'letsencrypt');
    await refused(['gone.net'], 'letsencrypt');
    const traefik = await answering({
      'old@docker': {
        rule: 'Host(`old.net`)',
        tls: { certResolver: 'letsencrypt', domains: [{ main: 'old.net', sans: ['www.old.net'] }] },
      },
    });
    await keeper.forgetUnwanted(traefik, null);
    expect(await held()).toEqual(['old.net,www.old.net']);
  });
});

describe('what stands in', () => {
  const standIns = async (): Promise<string[][]> =>
    Object.values((await readBook(simulated.context().state)).refusals).map(({ standIn }) =>
      standInNames(standIn),
    );

  it('is for those names alone that have no good certificate', async () => {
    const keeper = keeperOf('a.net', 'b.net');
    const [wanted] = keeper.wanted(['shop']);
    if (wanted === undefined) throw new Error('nothing is wanted');
    const traefik = await answering({}, ['a.net']);
    printed = refusedLine(['b.net']);
    expect(await keeper.book(traefik, [{ wanted, standing: { state: 'asked' } }], 0)).toBe(true);
    expect(await held()).toEqual(['a.net,b.net']);
    expect(await standIns()).toEqual([['b.net']]);
    const { failures } = await readBook(simulated.context().state);
    expect(failures).toEqual({ 'a.net,b.net': [simulated.clock.now()] });
  });

  it('is made anew when other names have a certificate, and goes when all have one', async () => {
    const keeper = keeperOf('app.x.net', 'b.net');
    await refused(['app.x.net', 'b.net'], 'letsencrypt');
    await refused(['app.x.net'], 'letsencrypt');
    await bookBefore(keeper, await answering({}, ['*.x.net']));
    expect(await held()).toEqual(['app.x.net,b.net']);
    expect(await standIns()).toEqual([['b.net']]);
    const { refusals } = await readBook(simulated.context().state);
    await keeper.fit(await answering({}, ['*.x.net']));
    expect((await readBook(simulated.context().state)).refusals).toEqual(refusals);
    await bookBefore(keeper, await answering({}, ['*.x.net', 'b.net']));
    expect(await held()).toEqual([]);
  });

  it('stays where what is served for the name has ended, or stands in itself', async () => {
    const keeper = keeperOf('a.net');
    await refused(['a.net'], 'letsencrypt');
    const ended = { ...certificate(['a.net']), notAfter: '1999-01-01T00:00:00Z' };
    const standing = { ...certificate(['a.net']), issuerOrg: 'itsup stand-in', issuerCN: '' };
    await keeper.fit(await answering({}, [ended, standing]));
    expect(await standIns()).toEqual([['a.net']]);
  });
});

describe('a refusal', () => {
  it('is of the resolver that was asked: another one may get what this one was refused', async () => {
    const keeper = keeperOf('a.net');
    const [wanted] = keeper.wanted(['shop']);
    if (wanted === undefined) throw new Error('nothing is wanted');
    await refused(['a.net'], 'dns');
    const traefik = await answering({}, []);
    const [status] = (await keeper.look(traefik, [wanted])) ?? [];
    expect(status?.standing.state).toBe('asked');
    printed = refusedLine(['a.net'], 'dns');
    expect(await keeper.book(traefik, [{ wanted, standing: { state: 'asked' } }], 0)).toBe(false);
    printed = refusedLine(['a.net'], 'letsencrypt');
    expect(await keeper.book(traefik, [{ wanted, standing: { state: 'asked' } }], 0)).toBe(true);
    expect(await held()).toEqual(['a.net', 'a.net']);
  });

  it('is read from a book that was kept by the names alone', async () => {
    const refusal: BookedRefusal = {
      ...{ names: ['b.net', 'a.net'], resolver: 'dns', at: 0, asked: true, reason: 'no', lookups: {} },
      ...{ culprits: [], isVerdict: true, notBefore: null },
      standIn: { certificate: 'a certificate', key: 'a key' },
    };
    const { state } = simulated.context();
    const file = path.join(state.dir, 'certificates/book.json');
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, JSON.stringify({ version: 1, refusals: { 'a.net,b.net': refusal } }));
    expect((await readBook(state)).refusals).toEqual({ 'dns a.net,b.net': refusal });
  });

  it('for want of a challenge is asked for again by any deploy once its resolver has one', async () => {
    const keeper = keeperOf('a.net');
    await refused(['a.net'], 'letsencrypt');
    const context = simulated.context();
    await changeBook(context, (book) => ({
      ...book,
      refusals: Object.fromEntries(
        Object.entries(book.refusals).map(([key, one]) => [
          key,
          { ...one, isVerdict: false, reason: 'ACME challenge not specified' },
        ]),
      ),
    }));
    const traefik = (acme: object): RunningTraefik => ({
      access: {
        apis: async () => [],
        apiSecret: null,
        staticConfiguration: { certificatesResolvers: { letsencrypt: { acme } } },
      },
      container: 'traefik',
    });
    await askForOthers(context, keeper, traefik({}), []);
    expect(await held()).toHaveLength(1);
    await askForOthers(context, keeper, traefik({ httpChallenge: { entryPoint: 'web' } }), []);
    expect(await held()).toEqual([]);
  });

  it('is counted with those before of its hour, also after it was asked for again', async () => {
    const keeper = keeperOf('a.net');
    // It led elsewhere then.
    await refused(['a.net'], 'letsencrypt', { 'a.net': '198.51.100.1' });
    const [refusal] = Object.values((await readBook(simulated.context().state)).refusals);
    if (refusal === undefined) throw new Error('nothing is held');
    const now = simulated.clock.now();
    const asked = async (failures: number[]): Promise<(string | undefined)[]> => {
      await changeBook(simulated.context(), (book) => ({ ...book, failures: { 'a.net': failures } }));
      return (await keeper.askAgain([refusal], null)).map(({ reason }) => reason);
    };
    expect(await asked([now, now, now, now])).toEqual([]);
    expect(await asked([now, now, now])).toEqual(['a.net leads to 192.0.2.7 now']);
    expect(await held()).toEqual([]);
    expect((await readBook(simulated.context().state)).failures).toEqual({ 'a.net': [now, now, now] });
  });
});

describe('bookAfter', () => {
  it('forgets when names were asked for again, for the log is looked at from here on', async () => {
    const keeper = keeperOf('shop.net');
    const context = simulated.context();
    await changeBook(context, (book) => ({ ...book, asked: { 'shop.net': 5, 'gone.net': 7 } }));
    await bookAfter(context, keeper, await answering({}), []);
    const { asked, looked } = await readBook(context.state);
    expect(asked).toEqual({});
    expect(looked).toBe(context.system.now());
  });
});

/** As Traefik writes it, in JSON. */
function refusedLine(domains: string[], resolver = 'letsencrypt', at = simulated.clock.now()): string {
  const error =
    'unable to generate a certificate for the domains: error: one or more domains had a problem:\n' +
    `[${domains[0]}] acme: error: 400 :: urn:ietf:params:acme:error:connection :: no way`;
  return JSON.stringify({
    level: 'error',
    providerName: `${resolver}.acme`,
    error,
    domains,
    time: new Date(at).toISOString(),
    message: 'Unable to obtain ACME certificate for domains',
  });
}

/** As Traefik's API shows it; good for years of the simulated clock. */
function certificate(sans: string[]): Record<string, unknown> {
  return {
    ...{ name: sans.join(), commonName: '', sans, issuerOrg: "Let's Encrypt", issuerCN: 'R11' },
    ...{ notBefore: '1970-01-01T00:00:00Z', notAfter: '2199-01-01T00:00:00Z' },
  };
}

/** A Traefik whose API shows these routers, and these certificates. */
async function answering(
  routers: Record<string, unknown>,
  certificates: (string | Record<string, unknown>)[] = [],
): Promise<RunningTraefik> {
  server?.close();
  const shown = certificates.map((one) => (typeof one === 'string' ? certificate([one]) : one));
  server = createServer(({ url }, answer) =>
    answer.end(JSON.stringify(url?.startsWith('/api/certificates') === true ? shown : { routers })),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const apis = (): Promise<string[]> => Promise.resolve([`http://127.0.0.1:${port}`]);
  const staticConfiguration = { certificatesResolvers: { letsencrypt: { acme: {} }, dns: { acme: {} } } };
  return { access: { apis, apiSecret: null, staticConfiguration }, container: 'traefik' };
}
