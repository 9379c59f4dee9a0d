import { dueAt, imageSources, pullPolicyOf } from './pull-policy';

const HOUR = 3_600_000;

it.each([
  ['always', { when: 'always' }],
  ['never', { when: 'never' }],
  ['build', { when: 'build' }],
  ['missing', { when: 'missing' }],
  ['if_not_present', { when: 'missing' }],
  ['daily', { when: 'stale', afterMs: 24 * HOUR }],
  ['weekly', { when: 'stale', afterMs: 168 * HOUR }],
  ['every_12h', { when: 'stale', afterMs: 12 * HOUR }],
  ['every_1d12h', { when: 'stale', afterMs: 36 * HOUR }],
  ['every_2w', { when: 'stale', afterMs: 336 * HOUR }],
  ['every_90m30s', { when: 'stale', afterMs: 1.5 * HOUR + 30_000 }],
])('reads pull_policy: %s', (text, policy) => {
  expect(pullPolicyOf({ pull_policy: text })).toEqual(policy);
});

it('takes what is missing where the file says nothing', () => {
  expect(pullPolicyOf({})).toEqual({ when: 'missing' });
});

it('says from when on an image is asked for again', () => {
  expect(dueAt({ when: 'missing' }, 5)).toBeNull();
  expect(dueAt({ when: 'never' }, 5)).toBeNull();
  expect(dueAt({ when: 'always' }, 5)).toBe(0);
  expect(dueAt({ when: 'build' }, 5)).toBe(0);
  expect(dueAt({ when: 'stale', afterMs: HOUR }, 5)).toBe(HOUR + 5);
  expect(dueAt({ when: 'stale', afterMs: HOUR }, null)).toBe(HOUR);
});

describe('where images come from', () => {
  const sources = (
    services: Record<string, { image?: string; build?: unknown; pull_policy?: string }>,
    given: string[] = [],
  ) =>
    imageSources(
      services,
      (name) => services[name]?.image ?? `shop-${name}`,
      () => 5,
      (name) => given.includes(name),
    );

  it('leaves the image that another service builds to that build', () => {
    const found = sources({
      web: { image: 'app', build: '.' },
      worker: { image: 'app' },
      db: { image: 'db' },
    });
    expect(found.get('web')).toMatchObject({ isFetched: false, isLocal: false, dueAt: null });
    expect(found.get('worker')).toMatchObject({ isFetched: false, isLocal: true, mustBePresent: false });
    expect(found.get('db')).toMatchObject({ isFetched: true, isLocal: false });
  });

  it('asks nobody for what is never pulled, and builds again what says so', () => {
    const found = sources({
      never: { image: 'a', pull_policy: 'never' },
      build: { build: '.', pull_policy: 'build' },
      always: { build: '.', pull_policy: 'always' },
    });
    expect(found.get('never')).toMatchObject({ isFetched: false, mustBePresent: true, dueAt: null });
    expect(found.get('build')).toMatchObject({ rebuilds: true, dueAt: 0 });
    expect(found.get('always')).toMatchObject({ rebuilds: false, dueAt: null });
  });

  it('takes what a rollback gives', () => {
    const found = sources({ web: { image: 'a', pull_policy: 'always' } }, ['web']);
    expect(found.get('web')).toMatchObject({ isFetched: false, isLocal: false, dueAt: null });
  });
});
