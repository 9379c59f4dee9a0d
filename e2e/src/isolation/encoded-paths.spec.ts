import { http } from '../harness/traffic/clients';
import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { eventually } from '../harness/eventually';
import { NODE } from '../harness/engine/images';
import { openTenants, site, type Tenants } from './tenants';

const FRIEND = '127.0.0.7';
const STRANGER = '127.0.0.8';

/** Decodes a path before it looks at where it leads, as many frameworks do; answers with what it found there. */
const DECODES_FIRST = `
  const { posix } = require('node:path');
  require('node:http').createServer((request, response) => {
    const path = decodeURIComponent(request.url.split('?')[0]).replaceAll('\\\\', '/').split('\\0')[0];
    response.end(posix.normalize(path).startsWith('/admin') ? 'ADMIN' : request.url);
  }).listen(8080);
`;

/** Each is no `/admin` to Traefik, and `/admin` to the service. */
const DETOURS = [
  '/%2fadmin',
  '/%2Fadmin',
  '/x/..%2fadmin',
  '/x%2f..%2fadmin',
  '/x/..%5cadmin',
  '/x%2f..%2fadmin%00',
];

describeWithOwnEngine([NODE], 'a service that decodes paths before it normalises them', () => {
  let tenants: Tenants;
  beforeAll(async () => {
    const service = { command: ['node', '-e', DECODES_FIRST] };
    tenants = await openTenants({
      guarded: {
        services: { web: service },
        ingress: [
          site('web', 'guarded.localhost'),
          site('web', 'guarded.localhost', { path_prefix: '/admin', allow_source_ips: [FRIEND] }),
        ],
      },
      partly: {
        services: { web: service },
        ingress: [site('web', 'partly.localhost', { path_prefix: '/public' })],
      },
      whole: { services: { web: service }, ingress: [site('web', 'whole.localhost')] },
      trusting: {
        services: { web: service },
        ingress: [site('web', 'trusting.localhost', { path_prefix: '/s3', allow_encoded_slashes: true })],
      },
    });
    await tenants.deploy('proxy', 'guarded', 'partly', 'whole', 'trusting');
    await eventually(async () => {
      for (const [host, path] of [
        ['guarded', '/'],
        ['partly', '/public'],
        ['whole', '/'],
        ['trusting', '/s3'],
      ])
        if ((await ask(`${host}.localhost`, path)).status !== 200) throw new Error(`${host} is not served`);
    });
  }, 240_000);
  afterAll(() => tenants.dispose());

  const ask = async (
    host: string,
    path?: string,
    from = STRANGER,
  ): Promise<{ status: number; body: string }> =>
    http({ tls: true, port: tenants.workspace.ports.webSecure, host, path, from });

  it('shows what an allow list closes to nobody else, whatever the path is written as', async () => {
    expect(await ask('guarded.localhost', '/admin')).toMatchObject({ status: 403 });
    expect(await ask('guarded.localhost', '/admin', FRIEND)).toMatchObject({ status: 200, body: 'ADMIN' });
    for (const path of DETOURS)
      expect([path, (await ask('guarded.localhost', path)).status]).toEqual([path, 400]);
    expect(await ask('guarded.localhost', '/100%25%3B%23?next=%2Fadmin')).toMatchObject({
      status: 200,
      body: '/100%25%3B%23?next=%2Fadmin',
    });
  });

  it('shows only the part of it that its row names', async () => {
    for (const detour of DETOURS)
      expect([detour, (await ask('partly.localhost', `/public${detour}`)).status]).toEqual([detour, 400]);
    expect((await ask('partly.localhost', '/public/..%2fadmin')).body).not.toBe('ADMIN');
  });

  it('gets encoded slashes where no path is a boundary, and where its row says so', async () => {
    expect(await ask('whole.localhost', '/group%2Fproject')).toMatchObject({
      status: 200,
      body: '/group%2Fproject',
    });
    expect(await ask('trusting.localhost', '/s3/a%2Fb')).toMatchObject({ status: 200, body: '/s3/a%2Fb' });
  });
});
