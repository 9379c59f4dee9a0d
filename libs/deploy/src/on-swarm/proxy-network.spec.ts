import { proxyNetworkOf } from './proxy-network';

test('Traefik comes by the network that the labels of the files name, and to nobody without one', () => {
  const web = { labels: { 'traefik.enable': 'true', 'traefik.docker.network': 'shop$$1_proxy' } };
  expect(proxyNetworkOf({ services: { db: {}, web } })).toBe('shop$1_proxy');
  expect(proxyNetworkOf({ services: { db: { labels: { 'traefik.enable': 'false' } } } })).toBeNull();
});
