import { imageNameOf } from './image-name';

const model = { name: 'shop', services: { web: { build: {} }, db: { image: 'db:1' } } };

describe('imageNameOf', () => {
  it.each(['true', 'y', 'T', '1', ' true'])(
    'joins with a low line where COMPOSE_COMPATIBILITY is %j',
    (value) => {
      expect(imageNameOf('web', model, { COMPOSE_COMPATIBILITY: value })).toBe('shop_web');
      expect(imageNameOf('db', model, { COMPOSE_COMPATIBILITY: value })).toBe('db:1');
    },
  );

  it.each(['', 'false', '0', 'yes', 'on', undefined])('joins with a hyphen where it is %j', (value) => {
    expect(imageNameOf('web', model, { COMPOSE_COMPATIBILITY: value })).toBe('shop-web');
  });
});
