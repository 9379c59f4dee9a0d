import { checkPlugin } from './plugin';

const plugin = { reference: 'a/b@v1', digest: 'sha256:1', locked: 'sha256:1', damage: null };

it.each([
  [{ ...plugin, digest: null }, 'is not here yet'],
  [{ ...plugin, damage: 'bouncer.go was changed' }, 'is not what was downloaded: bouncer.go was changed'],
  [{ ...plugin, locked: 'sha256:2' }, 'is another one than projects/images.lock.yml holds'],
])('names a copy that Traefik must not load: %j', (found, message) => {
  expect(checkPlugin({ plugin: found })).toMatchObject([{ message: `Traefik's plugin a/b@v1 ${message}` }]);
});

it('is content with the copy that came, and silent without CrowdSec', () => {
  expect(checkPlugin({ plugin }).map(({ severity }) => severity)).not.toContain('error');
  expect(checkPlugin({ plugin: { ...plugin, locked: null } }).map(({ severity }) => severity)).not.toContain(
    'error',
  );
  expect(checkPlugin({ plugin: null })).toEqual([]);
});
