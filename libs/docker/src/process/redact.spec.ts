import fc from 'fast-check';
import { createRedactor } from './redact';

describe('createRedactor', () => {
  it.each([
    [
      { DB_PASSWORD: 'hunter22-long' },
      'dial postgres://app:hunter22-long@db',
      'dial postgres://app:${DB_PASSWORD}@db',
    ],
    [{ PORT: 's3cretvalue' }, 'Invalid hostPort: s3cretvalue', 'Invalid hostPort: ${PORT}'],
    [{ KEY: 'a"b\\c-0123' }, 'msg="value a\\"b\\\\c-0123"', 'msg="value ${KEY}"'],
    [{ TOKEN: 'p@ss word+1' }, 'GET /?t=p%40ss%20word%2B1', 'GET /?t=${TOKEN}'],
    [{ CERT: '-----BEGIN-----\nMIIBdata0\n-----END-----' }, 'bad line: MIIBdata0', 'bad line: ${CERT}'],
    [{ A: 'secret-1', B: 'secret-1-longer' }, 'x secret-1-longer', 'x ${B}'],
  ])('%j in %j', (env, text, expected) => {
    expect(createRedactor(env)(text)).toBe(expected);
  });

  it.each([
    [
      'a header with it in base64',
      (secret: string) => `Basic ${Buffer.from(`user:${secret}`).toString('base64')}`,
    ],
    ['base64 by itself', (secret: string) => Buffer.from(secret).toString('base64')],
    ['base64 for URLs', (secret: string) => Buffer.from(`1${secret}2`).toString('base64url')],
    ['a form', (secret: string) => new URLSearchParams({ secret }).toString()],
    [
      'a URL',
      (secret: string) => `/?t=${encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase())}`,
    ],
    ['JSON', (secret: string) => JSON.stringify({ secret })],
    ['JSON with slashes escaped', (secret: string) => JSON.stringify({ secret }).replaceAll('/', '\\/')],
    [
      'JSON of Go',
      (secret: string) =>
        JSON.stringify({ secret })
          .replaceAll('&', '\\u0026')
          .replaceAll('<', '\\u003c')
          .replaceAll('>', '\\u003e'),
    ],
    ['single quotes of a shell', (secret: string) => `'${secret.replaceAll("'", `'\\''`)}'`],
    ['double quotes of a shell', (secret: string) => `"${secret.replace(/["$`\\]/g, '\\$&')}"`],
    [
      'a page',
      (secret: string) =>
        `<b>${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</b>`,
    ],
  ])('finds a secret in %s', (_, write) => {
    for (const secret of ['hunter22-long', "p@ss w&rd/<it's>$1", 'aB3+/=xY9?~kq', 'schlüssel für ürsel']) {
      const written = write(secret.normalize()).normalize();
      const shown = createRedactor({ TOKEN: secret })(written);
      expect(shown).toContain('${TOKEN}');
      // At most the characters that it shares with its neighbours are left.
      expect(shown.length).toBeLessThan(written.length - secret.length / 2 + '${TOKEN}'.length);
    }
  });

  it('takes no time that anybody would notice, with as many variables as a deploy has', () => {
    const env = Object.fromEntries(
      Array.from({ length: 200 }, (_, n) => [`SECRET_${n}`, `value-${n * 7919}-of/secret ${n}`]),
    );
    const lines = Array.from({ length: 1000 }, (_, n) => `GET /page/${n}?next=${n} 200 in ${n} ms`).join(
      '\n',
    );
    const start = performance.now();
    createRedactor(env)(lines);
    expect(performance.now() - start).toBeLessThan(1_000);
  });

  it('leaves what is no secret readable', () => {
    const redact = createRedactor({
      PATH: '/usr/bin',
      HOME: '/root',
      PORT: '8080',
      DEBUG: 'true',
      NAME: 'node',
      EMPTY: '',
    });
    const text = 'port 8080 of nodes in /root is true; see /usr/bin';
    expect(redact(text)).toBe(text);
  });

  it('never lets a longer value through, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc
            .string({ minLength: 8, maxLength: 40 })
            .filter((value) => !value.includes('$') && value.trim().length >= 8),
          { minLength: 1, maxLength: 5 },
        ),
        fc.string(),
        fc.string(),
        (values, before, after) => {
          const env = Object.fromEntries(values.map((value, index) => [`V${index}`, value]));
          for (const value of values)
            expect(createRedactor(env)(before + value + after)).not.toContain(value);
        },
      ),
    );
  });

  it('leaves the folders alone that all paths begin with', () => {
    const redact = createRedactor({
      PWD: '/srv/host/projects',
      npm_config_local_prefix: '/srv/host',
      TOKEN: '/srv/host/secret',
    });
    expect(redact('/srv/host/projects/app/a.env not found')).toBe('/srv/host/projects/app/a.env not found');
    expect(redact('in /srv/host/secret')).toBe('in ${TOKEN}');
  });
});
