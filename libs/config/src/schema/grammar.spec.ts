import fc from 'fast-check';
import {
  isDomain,
  isHeaderValue,
  isHost,
  isImage,
  isInterpolated,
  isIpOrCidr,
  isPathPrefix,
  isRuleText,
  HTPASSWD_LINE,
  IMAGE_TAG,
} from './grammar';

describe('grammar', () => {
  test.each([
    'example.com',
    '*.example.com',
    'localhost',
    'a.localhost',
    'xn--mnchen-3ya.de',
    'my_app.lan',
    '10.0.0.1',
  ])('the domain %s', (domain) => expect(isDomain(domain)).toBe(true));

  test.each([
    '',
    '*',
    '.',
    'a..b',
    '-a.b',
    'a-.b',
    'a.*.b',
    `${'a'.repeat(64)}.b`,
    `${'a.'.repeat(127)}b`,
    'a b',
    'a\n',
  ])('no domain: %j', (domain) => expect(isDomain(domain)).toBe(false));

  test.each(['/', '/api', '/a/b-c_d~e', '/a%20b', '/café', '/a:b@c!'])('the path %s', (path) =>
    expect(isPathPrefix(path)).toBe(true),
  );

  test.each(['', 'api', '/a b', '/`', '/"', "/'", '/{a}', '/a\\b', '/%2', '/$x', '/a?b', '/a#b', '/\n'])(
    'no path: %j',
    (path) => expect(isPathPrefix(path)).toBe(false),
  );

  test.each(['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/0'])('the network %s', (network) =>
    expect(isIpOrCidr(network)).toBe(true),
  );

  test.each([
    '',
    '10.0.0.1/33',
    '10.0.0/8',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    'a',
    '010.0.0.1',
  ])('no network: %j', (network) => expect(isIpOrCidr(network)).toBe(false));

  test.each([
    'ghost',
    'ghost:5',
    'gitea/gitea:1.24',
    'ghcr.io/wg-easy/wg-easy:15',
    'localhost:5000/a/b_c.d--e:v1',
    `postgres:17-alpine@sha256:${'a'.repeat(64)}`,
  ])('the image %s', (image) => expect(isImage(image)).toBe(true));

  test.each([
    '',
    'Ghost',
    'ghost:',
    'ghost 5',
    'https://ghcr.io/a',
    '/a',
    'a/',
    'a:b:c',
    'a@sha256:1',
    '${A}',
    'a\n',
  ])('no image: %j', (image) => expect(isImage(image)).toBe(false));

  test('a host is a name or an address, and no wildcard', () => {
    expect(['nas.lan', '10.0.0.1', 'fd00::1'].every(isHost)).toBe(true);
    expect(['*.lan', 'http://nas', 'nas:80', ''].some(isHost)).toBe(false);
  });

  test('text that Compose will change', () => {
    expect(['${A}', '$A', 'x${A:-b}', '$$$A'].every(isInterpolated)).toBe(true);
    expect(['', 'a', '$$A', '$${A}', '$', '$1', 'a$'].some(isInterpolated)).toBe(false);
  });

  test('hashes of htpasswd, and no password', () => {
    const hashes = [
      'admin:$2y$05$abcdefghijklmnopqrstuu1234567890123456789012345678901',
      'admin:$apr1$abcdefgh$abcdefghijklmnopqrstuv',
      'admin:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=',
    ];
    expect(hashes.every((line) => HTPASSWD_LINE.test(line))).toBe(true);
    expect(['admin:secret', 'admin', ':x', 'a:$2y$05$short'].some((line) => HTPASSWD_LINE.test(line))).toBe(
      false,
    );
  });

  test('tags of images', () => {
    expect(['v3.7.9', '1', `v1@sha256:${'a'.repeat(64)}`].every((tag) => IMAGE_TAG.test(tag))).toBe(true);
    expect(['', 'a b', ':x', 'v1@sha256:a', '-x'].some((tag) => IMAGE_TAG.test(tag))).toBe(false);
  });

  test('nothing that passes can leave its quotes in a rule or start a template', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (isDomain(text) || isPathPrefix(text)) expect(text).not.toMatch(/[`"'{}\s\\$]/);
        if (isHeaderValue(text) || isRuleText(text)) expect(text).not.toMatch(/\{\{|\}\}|[\n\r]/);
      }),
      { numRuns: 500 },
    );
  });
});
