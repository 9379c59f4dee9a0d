import { didYouMean, suggest } from './suggest';

describe('suggest', () => {
  test.each([
    ['domian', 'domain'],
    ['ingres', 'ingress'],
    ['Path-Prefix', 'path_prefix'],
    ['host_port', 'hostport'],
    ['prot', 'port'],
  ])('%s → %s', (word, meant) => {
    expect(suggest(word, ['domain', 'ingress', 'path_prefix', 'hostport', 'port', 'dns'])).toBe(meant);
  });

  test('says nothing rather than anything', () => {
    expect(suggest('volumes', ['domain', 'port', 'dns'])).toBeUndefined();
    expect(suggest('x', [])).toBeUndefined();
    expect(suggest('x'.repeat(10_000), ['x'.repeat(10_000)])).toBeUndefined();
    expect(didYouMean('volumes', ['domain'])).toBe('');
  });
});
