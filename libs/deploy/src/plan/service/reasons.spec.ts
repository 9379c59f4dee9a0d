import { ALL_ASPECTS } from '../model';
import { changedAspects, describeChanges, describeImage, isBuildChanged, nameRoutes } from './reasons';

const route = (name: string, rule: string): Record<string, string> => ({
  [`label traefik.http.routers.${name}.rule`]: rule,
  [`label traefik.http.routers.${name}.tls`]: 'true',
  [`label traefik.http.routers.${name}-redirect.rule`]: rule,
  [`label traefik.http.middlewares.${name}-strip.stripprefix.prefixes`]: '/x',
  [`label traefik.http.services.${name}.loadbalancer.server.port`]: '80',
});

describe('changedAspects', () => {
  const after = {
    command: '1',
    'configs c': '1',
    'empty entrypoint': '1',
    'files f': '1',
    'model llm': '1',
  };

  it('takes a kind that an earlier version did not record for the same, once', () => {
    const before = { command: '1' };
    expect(changedAspects({ aspects: before }, after)).toEqual([]);
    expect(changedAspects({ aspects: before, aspectsVersion: ALL_ASPECTS }, after)).toEqual([
      'configs c',
      'empty entrypoint',
      'files f',
      'model llm',
    ]);
    expect(changedAspects({ aspects: after, aspectsVersion: ALL_ASPECTS }, before)).toHaveLength(4);
  });

  it('sees everything else that came, whoever recorded', () => {
    expect(changedAspects({ aspects: {} }, after)).toEqual(['command']);
  });
});

describe('changedAspects of a bound file', () => {
  const now = (aspects: Record<string, string>) => ({ aspects, aspectsVersion: ALL_ASPECTS });
  const counted = { 'file f': 'how, content', 'mount f': 'how' };
  const data = { 'mount f': 'how' };

  it('sees another content, and another way to mount it, once', () => {
    expect(changedAspects(now(counted), { ...counted, 'file f': 'how, other' })).toEqual(['file f']);
    const otherwise = { 'file f': 'otherwise, content', 'mount f': 'otherwise' };
    expect(changedAspects(now(counted), otherwise)).toEqual(['file f']);
    expect(changedAspects(now(data), { 'mount f': 'otherwise' })).toEqual(['mount f']);
  });

  it('sees that it came or went', () => {
    expect(changedAspects(now({}), counted)).toEqual(['file f', 'mount f']);
    expect(changedAspects(now(data), {})).toEqual(['mount f']);
    expect(changedAspects({ aspects: { 'file f': 'how, content' } }, {})).toEqual(['file f']);
  });

  it('leaves a container whose file became data, or is none any more', () => {
    expect(changedAspects(now(counted), data)).toEqual([]);
    expect(changedAspects(now(data), counted)).toEqual([]);
    expect(changedAspects(now(data), { 'file f': 'otherwise, content', 'mount f': 'otherwise' })).not.toEqual(
      [],
    );
  });

  it('goes on with the record of a version that had the content alone', () => {
    const earlier = { aspects: { 'file f': 'how, content' } };
    expect(changedAspects(earlier, counted)).toEqual([]);
    expect(changedAspects(earlier, { ...counted, 'file f': 'how, other' })).toEqual(['file f']);
    expect(changedAspects(earlier, data)).toEqual([]);
  });
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
    expect(describeChanges({ aspects: before }, after)).toEqual([
      'routes added: d, e',
      'routes removed: c',
      'routes changed: b',
      'command',
    ]);
  });

  it('names what a route leads through when that alone changed', () => {
    const port = 'label traefik.http.services.a.loadbalancer.server.port';
    expect(describeChanges({ aspects: route('a', '1') }, { ...route('a', '1'), [port]: '81' })).toEqual([
      'routes changed: a',
    ]);
  });

  it('lists what else changed by kind', () => {
    expect(
      describeChanges(
        { aspects: { 'environment A': '1', 'label own': '1' } },
        { 'environment A': '2', 'environment B': '1' },
      ),
    ).toEqual(['environment A, B', 'label own']);
  });
});

describe('describeImage', () => {
  const image = (name: string, imageId: string | null = 'sha256:1') => ({ image: name, imageId });

  it('shows an image that is named by its id, as after a rollback, by the first digits', () => {
    const id = `sha256:0c1d53c132c9${'4'.repeat(52)}`;
    expect(describeImage(image(id, id), image('shop-web'))).toBe('image 0c1d53c132c9 → shop-web');
    expect(describeImage(image('shop-web'), image(id, id))).toBe('image shop-web → 0c1d53c132c9');
  });

  it('takes the name under which an earlier version missed what a service builds for its name', () => {
    expect(describeImage(image('shop-web', null), image('shop_web'))).toBeNull();
    expect(describeImage(image('shop-web'), image('shop_web'))).toBe('image shop-web → shop_web');
    expect(describeImage(image('shop-web', null), image('shop_web', null))).not.toBeNull();
  });
});

describe('isBuildChanged', () => {
  const desired = { buildDigest: 'whole', earlierBuildDigest: 'own' };

  it('takes what an earlier version compared for the same, once', () => {
    expect(isBuildChanged(desired, { buildDigest: 'own' })).toBe(false);
    expect(isBuildChanged(desired, { buildDigest: 'own', aspectsVersion: ALL_ASPECTS })).toBe(true);
    expect(isBuildChanged(desired, { buildDigest: 'whole', aspectsVersion: ALL_ASPECTS })).toBe(false);
    expect(isBuildChanged(desired, { buildDigest: 'other' })).toBe(true);
    expect(isBuildChanged(desired, null)).toBe(true);
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
