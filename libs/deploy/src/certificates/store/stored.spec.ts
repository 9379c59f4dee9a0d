import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { routeWorkspace } from '@itsup/routing';

import { facts, WEB } from '../../testing/deploy-simulated';
import { ingressRow, SimulatedWorkspace } from '../../testing/simulated-workspace';
import { changeBook } from '../refused/book';
import { CertificateKeeper } from '../keeper';
import type { RunningTraefik } from '../running-traefik';
import { keepStore } from './kept-store';
import { storedCertificates } from './stored';
import { notRenewed } from '../around-run';

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

/** acme.json, which a deploy copied after it had brought a certificate. */
async function store(text: string): Promise<void> {
  const context = simulated.context();
  const file = path.join(context.state.dir, 'acme', 'acme.json');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text, { mode: 0o600 });
  await keepStore(context, async () => ({ context, image: 'traefik:v3', user: null, container: null }));
}

/** A Traefik that serves one certificate for `shop.net`, which ends so many days from now. */
async function serving(days: number): Promise<RunningTraefik> {
  const at = (offset: number): string => new Date(simulated.clock.now() + offset * 86_400_000).toISOString();
  const shown = [
    {
      ...{ name: 'ab', commonName: '', sans: ['shop.net'], issuerOrg: 'A Bought One', issuerCN: 'CA' },
      ...{ notBefore: at(days - 90), notAfter: at(days) },
    },
  ];
  server = createServer((_, answer) => answer.end(JSON.stringify(shown))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const apis = (): Promise<string[]> => Promise.resolve([`http://127.0.0.1:${port}`]);
  const staticConfiguration = { certificatesResolvers: { letsencrypt: { acme: {} } } };
  return { access: { apis, apiSecret: null, staticConfiguration }, container: 'traefik' };
}

function keeper(): CertificateKeeper {
  const { settings } = simulated;
  simulated.settings = { ...settings, letsEncrypt: { ...settings.letsEncrypt, email: 'ops@example.com' } };
  const ingress = [ingressRow({ domains: ['shop.net'] })];
  simulated.setProject('shop', { web: WEB }, { compose: facts('web'), ingress });
  const workspace = simulated.workspace();
  return new CertificateKeeper({
    ...{ context: simulated.context(), workspace, routing: routeWorkspace(workspace) },
  });
}

describe('what resolvers keep', () => {
  it('is known while the copy is of today’s acme.json, and of none there is', async () => {
    expect(await storedCertificates(simulated.context())).toEqual([]);
    await store('{"letsencrypt": {"Certificates": null}}');
    expect(await storedCertificates(simulated.context())).toEqual([]);
    await changeBook(simulated.context(), (book) => ({ ...book, copied: 'of yesterday' }));
    expect(await storedCertificates(simulated.context())).toBeNull();
  });
});

describe('a file of the operator’s', () => {
  it('that has ended is not waited for: it is there, and nobody is asked', async () => {
    await store('{"letsencrypt": {"Certificates": null}}');
    const own = keeper();
    const began = simulated.clock.now();
    const found = await own.await(await serving(-2), own.wanted(['shop']), { since: 0, limitMs: 60_000 });
    expect(found).toMatchObject([{ standing: { state: 'ended' } }]);
    expect(simulated.clock.now()).toBe(began);
  });

  it('that ends soon is told of as one: no restart renews it', async () => {
    await store('{"letsencrypt": {"Certificates": null}}');
    const own = keeper();
    const statuses = await own.look(await serving(5), own.wanted(['shop']));
    expect(await notRenewed(simulated.context(), statuses ?? [])).toMatchObject([
      {
        message: 'the certificate of shop.net ends in 5 days and is a file of yours',
        help: expect.stringMatching(/^replace the file/) as string,
      },
    ]);
  });

  it('is taken for a resolver’s where that is not known, and waited for', async () => {
    await store('{"letsencrypt": {"Certificates": null}}');
    await changeBook(simulated.context(), (book) => ({ ...book, copied: 'of yesterday' }));
    const own = keeper();
    const statuses = await own.look(await serving(-2), own.wanted(['shop']));
    expect(statuses).toMatchObject([{ standing: { state: 'asked', ended: expect.any(Number) as number } }]);
  });
});
