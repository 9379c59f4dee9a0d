import { redirectsToHttps } from './redirect';

describe('a middleware that sends plain HTTP to HTTPS', () => {
  it.each([
    [{ 'redirectscheme.scheme': 'https' }, true],
    [{ 'redirectscheme.scheme': 'HTTPS', 'redirectscheme.permanent': 'true' }, true],
    [{ 'redirectscheme.scheme': 'https', 'redirectscheme.port': '443' }, true],
    [{ 'redirectscheme.scheme': 'https', 'redirectscheme.port': '8443' }, false],
    [{ 'redirectscheme.scheme': 'http' }, false],
    [{ 'redirectscheme.permanent': 'true' }, false],
    [{ 'redirectscheme.scheme': 'https', 'headers.sslredirect': 'true' }, false],
    [{ 'redirectregex.regex': '^http://(.*)', 'redirectregex.replacement': 'https://$1' }, false],
  ])('%j: %s', (fields, expected) => {
    expect(redirectsToHttps(new Map(Object.entries(fields)))).toBe(expected);
  });
});
