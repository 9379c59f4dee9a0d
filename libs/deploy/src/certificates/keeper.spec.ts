import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { routeWorkspace } from '@itsup/routing';

import { facts, WEB } from '../testing/deploy-simulated';
import { ingressRow, SimulatedWorkspace } from '../testing/simulated-workspace';
import { changeBook, readBook } from './book';
import { CertificateKeeper } from './keeper';
import { orderKey, type BookedRefusal } from './model';
import type { RunningTraefik } from './running-traefik';
import { bookAfter } from './sweep';

let simulated: SimulatedWorkspace;
let server: Server | null = null;

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
  return new CertificateKeeper({
    context: simulated.context(),
    workspace,
    routing: routeWorkspace(workspace),
  });
}

async function refused(names: string[], resolver: string): Promise<void> {
  const refusal: BookedRefusal = {
    ...{ names, resolver, at: 0, asked: true, reason: 'no', lookups: {} },
    ...{ culprits: [], isVerdict: true, notBefore: null },
    standIn: { certificate: 'a certificate', key: 'a key' },
  };
  await changeBook(simulated.context(), (book) => ({
    ...book,
    refusals: { ...book.refusals, [orderKey(names)]: refusal },
  }));
}

const held = async (): Promise<string[]> => Object.keys((await readBook(simulated.context().state)).refusals);

describe('refusals that nobody asks for any more', () => {
  it('go when their names are asked for in another certificate, for what stands in would pass for it', async () => {
    const keeper = keeperOf('shop.net');
    const [wanted] = keeper.wanted(['shop']);
    await refused(['blocked.net', 'shop.net'], wanted?.resolver ?? '');
    await refused(['other.net'], wanted?.resolver ?? '');
    await keeper.forgetUnwanted(null, keeper.wanted(['shop']));
    expect(await held()).toEqual([orderKey(['other.net'])]);
    await keeper.forgetUnwanted(null, null);
    expect(await held()).toEqual([]);
  });

  it('stay while the same names are wanted of the same resolver, and go with another one', async () => {
    const keeper = keeperOf('shop.net');
    const [wanted] = keeper.wanted(['shop']);
    await refused(['shop.net'], wanted?.resolver ?? '');
    await keeper.forgetUnwanted(null, null);
    expect(await held()).toEqual([orderKey(['shop.net'])]);
    await refused(['shop.net'], 'yesterday');
    await keeper.forgetUnwanted(null, keeper.wanted(['shop']));
    expect(await held()).toEqual([]);
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
    expect(await held()).toEqual([orderKey(['old.net', 'www.old.net'])]);
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

/** A Traefik whose API shows these routers. */
async function answering(routers: Record<string, unknown>): Promise<RunningTraefik> {
  server = createServer((_, answer) => answer.end(JSON.stringify({ routers }))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const apis = (): Promise<string[]> => Promise.resolve([`http://127.0.0.1:${port}`]);
  return { access: { apis, apiSecret: null, staticConfiguration: {} }, container: 'traefik' };
}
