import { createPrivateKey, X509Certificate } from 'node:crypto';

import { issuerName } from '@itsup/traefik';

import { isStandIn, makeStandIn } from './stand-in';

describe('makeStandIn', () => {
  it('makes a certificate for all names, with its key, that shows what it is', async () => {
    const now = Date.now();
    const { certificate, key } = await makeStandIn(['a.example.com', '*.b.example.com'], now);
    const read = new X509Certificate(certificate);
    expect(read.subjectAltName).toBe('DNS:a.example.com, DNS:*.b.example.com');
    expect(isStandIn(issuerName(read.issuer))).toBe(true);
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(Date.parse(read.validFrom)).toBeLessThan(now);
    expect(Date.parse(read.validTo)).toBeGreaterThan(now + 9 * 365 * 24 * 3_600_000);
  });

  it('is told from others', () => {
    expect(isStandIn("Let's Encrypt R11")).toBe(false);
  });
});
