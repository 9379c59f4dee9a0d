import { describeChanges, nameRoutes } from './reasons';

const route = (name: string, rule: string): Record<string, string> => ({
  [`label traefik.http.routers.${name}.rule`]: rule,
  [`label traefik.http.routers.${name}.tls`]: 'true',
  [`label traefik.http.routers.${name}-redirect.rule`]: rule,
  [`label traefik.http.middlewares.${name}-strip.stripprefix.prefixes`]: '/x',
  [`label traefik.http.services.${name}.loadbalancer.server.port`]: '80',
});

describe('describeChanges', () => {
  it('tells of routes by their names, each once, whatever labels they are made of', () => {
    const before = { ...route('a', '1'), ...route('b', '1'), ...route('c', '1'), command: 'x' };
    const after = {
      ...route('a', '1'),
      ...route('b', '2'),
      ...route('d', '1'),
      ...route('e', '1'),
      command: 'y',
    };
    expect(describeChanges(before, after)).toEqual([
      'routes added: d, e',
      'routes removed: c',
      'routes changed: b',
      'command',
    ]);
  });

  it('names what a route leads through when that alone changed', () => {
    const port = 'label traefik.http.services.a.loadbalancer.server.port';
    expect(describeChanges(route('a', '1'), { ...route('a', '1'), [port]: '81' })).toEqual([
      'routes changed: a',
    ]);
  });

  it('lists what else changed by kind', () => {
    expect(
      describeChanges(
        { 'environment A': '1', 'label own': '1' },
        { 'environment A': '2', 'environment B': '1' },
      ),
    ).toEqual(['environment A, B', 'label own']);
  });
});

describe('nameRoutes', () => {
  it('puts what people ask for in the place of routers', () => {
    const names = new Map([['a', 'a.example.com/api']]);
    expect(nameRoutes('routes added: a, b', (name) => names.get(name))).toBe(
      'routes added: a.example.com/api, b',
    );
    expect(nameRoutes('environment a', () => 'never')).toBe('environment a');
  });
});
