import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { certificateFacts } from './certificates';
import { kernelFacts } from './kernel';
import { lookUp, type NameResolver } from '@itsup/deploy';

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'itsup-host-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string): string {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text, { mode: 0o600 });
  return target;
}

describe('lookUp', () => {
  const coded = (code: string): Promise<never> => Promise.reject(Object.assign(new Error(code), { code }));
  const resolver = (answers: Record<string, (family: 4 | 6) => Promise<string[]>>): NameResolver => ({
    resolve4: ((domain: string) => answers[domain]?.(4)) as NameResolver['resolve4'],
    resolve6: ((domain: string) => answers[domain]?.(6)) as NameResolver['resolve6'],
    cancel: () => undefined,
  });

  it('tells a name without an address from a resolver that fails', async () => {
    const found = await lookUp(
      ['both', 'six', 'none', 'nothing', 'late', 'broken'],
      resolver({
        both: async (family) => (family === 4 ? ['192.0.2.1'] : ['2001:db8::1']),
        six: (family) => (family === 4 ? coded('ENODATA') : Promise.resolve(['2001:db8::2'])),
        none: () => coded('ENOTFOUND'),
        nothing: () => coded('ENODATA'),
        late: () => coded('ETIMEOUT'),
        broken: (family) => coded(family === 4 ? 'ESERVFAIL' : 'ENODATA'),
      }),
    );
    expect([...found]).toEqual([
      ['both', { outcome: 'found', addresses: ['192.0.2.1', '2001:db8::1'] }],
      ['six', { outcome: 'found', addresses: ['2001:db8::2'] }],
      ['none', { outcome: 'absent' }],
      ['nothing', { outcome: 'absent' }],
      ['late', { outcome: 'failed', reason: 'no answer in time' }],
      ['broken', { outcome: 'failed', reason: 'the domain’s name servers fail' }],
    ]);
  });

  it('ends in time when nobody answers, with every domain settled', async () => {
    const never = (): Promise<never> => new Promise(() => undefined);
    const domains = Array.from({ length: 40 }, (_, index) => `d${index}`);
    const found = await lookUp(
      domains,
      resolver(Object.fromEntries(domains.map((name) => [name, never]))),
      50,
    );
    expect([...found.keys()].sort()).toEqual([...domains].sort());
    expect(found.get('d39')).toEqual({ outcome: 'failed', reason: 'no answer in time' });
  });
});

describe('kernelFacts', () => {
  it('reads the switches, and takes what is missing as unknown', async () => {
    write('ipv4/ip_forward', '1\n');
    write('ipv4/conf/all/rp_filter', '2\n');
    write('ipv4/conf/default/rp_filter', '1\n');
    write('ipv4/conf/docker0/rp_filter', '0\n');
    expect(await kernelFacts(folder)).toEqual({
      ipForward: true,
      rpFilter: { all: 2, byInterface: { docker0: 0 } },
      bridgeNfCallIptables: null,
    });
    expect(await kernelFacts(path.join(folder, 'none'))).toEqual({
      ipForward: null,
      rpFilter: { all: null, byInterface: {} },
      bridgeNfCallIptables: null,
    });
  });
});

describe('certificateFacts', () => {
  it('reads names and ends of every resolver', async () => {
    const certificate = Buffer.from(CERTIFICATE).toString('base64');
    const file = write(
      'acme.json',
      JSON.stringify({
        letsencrypt: {
          Account: {},
          Certificates: [
            { domain: { main: 'a.example.com', sans: ['b.example.com'] }, certificate, key: 'x' },
          ],
        },
        dns: { Certificates: null },
      }),
    );
    expect(await certificateFacts(file)).toEqual({
      mode: 0o600,
      unreadable: null,
      certificates: [{ names: ['a.example.com', 'b.example.com'], expires: Date.parse(CERTIFICATE_ENDS) }],
    });
  });

  it.each([
    ['none', null, null],
    ['an empty one', '', null],
    ['a broken one', '{"letsencrypt"', expect.stringContaining('JSON')],
  ])('takes %s as it is', async (_, text, unreadable) => {
    const file = text === null ? path.join(folder, 'acme.json') : write('acme.json', text);
    expect(await certificateFacts(file)).toMatchObject({ unreadable, certificates: [] });
  });
});

const CERTIFICATE_ENDS = 'Nov 20 16:43:17 2036 GMT';
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBhjCCASugAwIBAgIUY1zYVwLd1ILkAeNaO9wa+Pumy1MwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNYS5leGFtcGxlLmNvbTAeFw0yNjExMjMxNjQzMTdaFw0zNjEx
MjAxNjQzMTdaMBgxFjAUBgNVBAMMDWEuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAQt9V4zHrh1+e69CfrX5sxt/HtsplacIDzifAr8oPwAGseE
R1ryjLZpFUHHxlR5N7o1C8t372z0rLh1vRgOvWvWo1MwUTAdBgNVHQ4EFgQUGBdw
0Vgaz2Sx4MsL/yS2594rRwIwHwYDVR0jBBgwFoAUGBdw0Vgaz2Sx4MsL/yS2594r
RwIwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA3C3yUUoRM9AR
0nwyztnCJvoR6kHKs/ITPe0TtbcoDEwCIQCIJjiqh6iZPIloEEx4nZC/4UuoBmWj
/lsXxLn2WEJ68w==
-----END CERTIFICATE-----
`;
