import { proxyNetworkOf } from './proxy-network';

const web = { labels: { 'traefik.enable': 'true', 'traefik.docker.network': 'shop$$1_proxy' } };
const of = (services: Parameters<typeof proxyNetworkOf>[0]['services'], isExposed = false) =>
  proxyNetworkOf({ services }, isExposed);

test('Traefik comes by the network that the labels of the files name, and to nobody without one', () => {
  expect(of({ db: {}, web })).toBe('shop$1_proxy');
  expect(of({ db: { labels: { 'traefik.enable': 'false' } } })).toBeNull();
});

test('what a service says that Traefik does not take decides nothing', () => {
  const labels = { 'traefik.docker.network': 'another' };
  expect(of({ a: { labels }, b: { labels: { ...labels, 'traefik.enable': 'false' } }, web })).toBe(
    'shop$1_proxy',
  );
  expect(of({ a: { labels } })).toBeNull();
  expect(of({ a: { labels } }, true)).toBe('another');
});
