import { unnamedService, unnamedServiceOfContainer } from './unnamed-service';

describe('the service of a container whose labels define none', () => {
  it.each([
    ['web', 'shop', 'web-shop'],
    ['web_api', 'my.shop', 'web-api-my-shop'],
    ['_web', 'shop--', 'web-shop'],
  ])('is called after %s of %s: %s', (service, project, name) => {
    expect(unnamedService(service, project)).toBe(name);
  });

  it('is called after the container where Compose did not make it', () => {
    expect(unnamedServiceOfContainer('/my_app.1')).toBe('my-app-1');
  });
});
