import { hostMatches } from './evaluate';
import { widerHosts, wildcardOf } from './terms';

it.each([
  ['app.acme.org', '*.acme.org'],
  ['org', '*'],
  ['*.acme.org', '*.acme.org'],
])('%s is taken by %s', (host, wildcard) => {
  expect(wildcardOf(host)).toBe(wildcard);
  expect(hostMatches(host, wildcard)).toBe(true);
});

it.each([
  [null, ['']],
  ['app.acme.org', ['app.acme.org', '*.acme.org', '']],
  ['org', ['org', '']],
  ['*.acme.org', ['*.acme.org', '']],
])('%j is matched by the rules of %j', (host, wider) => {
  expect(widerHosts(host)).toEqual(wider);
});
