import { containerFacts, healthFacts } from '../testing/container-facts';
import { provideConfiguration } from './docker-provider';
import { emptyConfiguration, isEmpty } from './provided-configuration';
import type { ContainerFacts } from '../types';

const http = {
  'traefik.enable': 'true',
  'traefik.http.routers.web.rule': 'Host(`a.test`)',
  'traefik.http.services.web.loadbalancer.server.port': '8080',
};

describe('provideConfiguration', () => {
  it('sends a router to the only service, at the address on the provider network', () => {
    const container = containerFacts({
      labels: http,
      addresses: { default: '10.0.0.2', proxynet: '172.20.128.2' },
    });
    const provided = provideConfiguration([container], 'proxynet');
    expect(provided.http.routers).toEqual({ web: { rule: 'Host(`a.test`)', service: 'web' } });
    expect(provided.http.services['web']?.servers).toEqual([{ url: 'http://172.20.128.2:8080' }]);
    expect(provided.http.services['web']?.ends).toEqual([
      { address: '172.20.128.2', port: 8080, scheme: 'http' },
    ]);
  });

  it('prefers the network that a label names, and takes any rather than none', () => {
    const addresses = { edge: '10.0.0.2', proxynet: '172.20.128.2' };
    const server = (labels: Record<string, string>, network: string | null): unknown =>
      provideConfiguration([containerFacts({ labels: { ...http, ...labels }, addresses })], network).http
        .services['web']?.servers;
    expect(server({ 'traefik.docker.network': 'edge' }, 'proxynet')).toEqual([
      { url: 'http://10.0.0.2:8080' },
    ]);
    expect(server({ 'traefik.docker.network': 'gone' }, 'proxynet')).toEqual([
      { url: 'http://10.0.0.2:8080' },
    ]);
  });

  it('collects the servers of all replicas', () => {
    const replicas = ['172.20.128.2', '172.20.128.3'].map((address, index) =>
      containerFacts({ id: `${index}`, labels: http, addresses: { proxynet: address } }),
    );
    expect(provideConfiguration(replicas, 'proxynet').http.services['web']?.servers).toEqual([
      { url: 'http://172.20.128.2:8080' },
      { url: 'http://172.20.128.3:8080' },
    ]);
  });

  it('lets the youngest define what replicas disagree on, where Traefik would drop both', () => {
    const old = containerFacts({ id: 'old', labels: http, startedAt: 1 });
    const young = containerFacts({
      id: 'young',
      labels: { ...http, 'traefik.http.routers.web.rule': 'Host(`b.test`)' },
      startedAt: 2,
    });
    expect(provideConfiguration([old, young], null).http.routers['web']).toMatchObject({
      rule: 'Host(`b.test`)',
    });
  });

  it.each([
    ['disabled', { labels: { ...http, 'traefik.enable': 'false' } }],
    ['not marked', { labels: {} }],
    ['ended', { labels: http, status: 'exited' as const }],
    ['unhealthy', { labels: http, health: healthFacts({ status: 'unhealthy' }) }],
    ['starting', { labels: http, health: healthFacts({ status: 'starting' }) }],
    ['without an address', { labels: http, addresses: {} }],
    ['without a port', { labels: { 'traefik.enable': 'true', 'traefik.http.routers.web.rule': 'x' } }],
  ])('gives nothing for a container that is %s', (_, changes) => {
    const provided = provideConfiguration([containerFacts(changes)], 'proxynet');
    expect(provided).toEqual(emptyConfiguration());
    expect(isEmpty(provided)).toBe(true);
  });

  it.each([
    ['traefik.enable', '1'],
    ['traefik.enable', 'T'],
    ['traefik.Enable', 'TRUE'],
  ])('takes %s: %j for enabled, as Traefik does', (name, value) => {
    const { 'traefik.enable': _, ...rest } = http;
    const container = containerFacts({ labels: { ...rest, [name]: value } });
    expect(isEmpty(provideConfiguration([container], 'proxynet'))).toBe(false);
  });

  it('names the service of a container without service labels as Traefik does, on its lowest port', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.http.routers.web.rule': 'Host(`a.test`)',
      'com.docker.compose.project': 'my_shop',
      'com.docker.compose.service': 'web.front',
    };
    const provided = provideConfiguration([containerFacts({ labels, exposedPorts: [80, 443] })], null);
    expect(Object.keys(provided.http.services)).toEqual(['web-front-my-shop']);
    expect(provided.http.routers['web']).toMatchObject({ service: 'web-front-my-shop' });
    expect(provided.http.services['web-front-my-shop']?.servers).toEqual([{ url: 'http://172.20.128.2:80' }]);
  });

  describe('with a network that its label names', () => {
    const labels = { ...http, 'traefik.docker.network': 'blog_default' };
    const addresses = { a: '10.0.0.2', blog_default: '10.0.1.2' };
    const web = (changes: Partial<ContainerFacts>) =>
      provideConfiguration([containerFacts({ labels, addresses, ...changes })], null).http.services['web'];

    it('is reached there, by IPv6 where there is nothing else', () => {
      expect(web({})).toMatchObject({
        servers: [{ url: 'http://10.0.1.2:8080' }],
        ends: [{ address: '10.0.1.2' }],
      });
      expect(web({ addresses: { ...addresses, blog_default: 'fd00:7::2' } })).toMatchObject({
        servers: [{ url: 'http://[fd00:7::2]:8080' }],
        ends: [{ address: 'fd00:7::2', port: 8080 }],
      });
    });

    it('is reached by the one network that is left where it is not on it', () => {
      const service = web({ addresses: { a: '10.0.0.2' } });
      expect(service?.servers).toEqual([{ url: 'http://10.0.0.2:8080' }]);
      expect(service?.uncertain).toBeUndefined();
    });

    it('is reached by any of several, which is a fault', () => {
      const several = { addresses: { b: '10.0.2.2', a: '10.0.0.2' } };
      const service = web(several);
      expect(service?.ends.map(({ address }) => address)).toEqual(['10.0.0.2', '10.0.2.2']);
      expect(service?.instead).toEqual({ 'http://10.0.2.2:8080': 'http://10.0.0.2:8080' });
      expect(service?.uncertain).toMatch(/not on the network blog_default .* any of a, b, at random/);
    });

    it('may be any of several after it was moved off proxynet', () => {
      const service = web({
        labels: { ...http, 'traefik.docker.network': 'proxynet' },
        addresses: { a: '10.0.0.2', b: '10.0.2.2' },
      });
      expect(service?.uncertain).toBeUndefined();
      expect(Object.keys(service?.instead ?? {})).toEqual(['http://10.0.2.2:8080']);
    });
  });

  it('drops a router that two services could serve', () => {
    const labels = { ...http, 'traefik.http.services.admin.loadbalancer.server.port': '9000' };
    const provided = provideConfiguration([containerFacts({ labels })], null);
    expect(provided.http.routers).toEqual({});
    expect(Object.keys(provided.http.services).sort()).toEqual(['admin', 'web']);
  });

  it('has no HTTP service for a container that speaks TCP and UDP alone', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.tcp.services.db.loadbalancer.server.port': '5432',
      'traefik.udp.services.dns.loadbalancer.server.port': '53',
      'traefik.udp.routers.dns.entrypoints': 'udp-53',
    };
    const provided = provideConfiguration([containerFacts({ labels })], null);
    expect(provided.http.services).toEqual({});
    expect(provided.tcp.services['db']?.servers).toEqual([{ address: '172.20.128.2:5432' }]);
    expect(provided.udp.routers).toEqual({ dns: { entrypoints: 'udp-53', service: 'dns' } });
  });

  it('keeps scheme, weight and a whole URL of a server', () => {
    const server = (labels: Record<string, string>): unknown =>
      provideConfiguration([containerFacts({ labels: { ...http, ...labels } })], null).http.services['web']
        ?.servers;
    const prefix = 'traefik.http.services.web.loadbalancer.server';
    expect(server({ [`${prefix}.scheme`]: 'h2c', [`${prefix}.weight`]: '3' })).toEqual([
      { weight: '3', url: 'h2c://172.20.128.2:8080' },
    ]);
    expect(server({ [`${prefix}.url`]: 'http://10.9.9.9:81' })).toEqual([{ url: 'http://10.9.9.9:81' }]);
  });
});
