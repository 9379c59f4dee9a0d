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
});
