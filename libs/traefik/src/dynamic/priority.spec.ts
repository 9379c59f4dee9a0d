import { defaultPriority } from './priority';

describe('the priority of a router that says none', () => {
  it('is the length of its rule in bytes', () => {
    expect(defaultPriority('http', 'Host(`ä.test`)')).toBe(15);
    expect(defaultPriority('tcp', 'HostSNI(`a.test`)')).toBe(17);
  });

  it.each(['HostSNI(`*`)', 'hostsni( "*" )', '(HostSNI(`*`))'])(
    'is -1 for %s, which takes everything',
    (rule) => {
      expect(defaultPriority('tcp', rule)).toBe(-1);
    },
  );

  it('is its length where there is more in the rule, or it is no rule for TCP', () => {
    expect(defaultPriority('tcp', 'HostSNI(`*`) && ClientIP(`10.0.0.1`)')).toBe(36);
    expect(defaultPriority('http', 'HostSNI(`*`)')).toBe(12);
  });
});
