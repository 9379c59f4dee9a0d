import { parse } from 'yaml';

import { fileFault } from '@itsup/traefik';

import { renderPin, type PinManner } from '../pin/pin';
import { provideConfiguration } from '../provider/provided-configuration';
import { containerFacts } from '../testing/container-facts';
import type { DynamicConfiguration } from '../types';
import { heldConfiguration, heldServices, keyOf, targetsOf } from './held-configuration';

const service = 'traefik.http.services.web';
const labels = {
  'traefik.enable': 'true',
  'traefik.http.routers.web.rule': 'Host(`a.test`)',
  'traefik.http.routers.web.service': 'web',
  'traefik.http.routers.web.middlewares': 'auth@file,guard,all',
  'traefik.http.middlewares.guard.circuitbreaker.expression': 'LatencyAtQuantileMS(50.0) > 100',
  'traefik.http.middlewares.all.chain.middlewares': 'guard,strip',
  'traefik.http.middlewares.strip.stripprefix.prefixes': '/x',
  [`${service}.loadbalancer.server.port`]: '8080',
  [`${service}.loadbalancer.healthcheck.path`]: '/',
  [`${service}.loadbalancer.sticky.cookie`]: 'true',
  'traefik.tcp.routers.line.rule': 'HostSNI(`*`)',
  'traefik.tcp.routers.line.service': 'line',
  'traefik.tcp.services.line.loadbalancer.server.port': '9000',
  'traefik.tcp.services.line.loadbalancer.proxyprotocol.version': '2',
};
const provided = provideConfiguration([containerFacts({ labels })], 'proxynet');
const listening = new Map([
  [keyOf({ protocol: 'http', name: 'web' }), 40_001],
  [keyOf({ protocol: 'tcp', name: 'line' }), 40_002],
]);

function pin(manner: PinManner): DynamicConfiguration {
  const held = manner.connections === 'listener' ? heldConfiguration(provided, listening) : provided;
  const { text } = renderPin({
    project: 'shop',
    service: 'web',
    provided: held,
    fileRoutes: {
      http: { routers: { 'shop-file': { rule: 'Host(`b.test`)', service: 'web@docker', priority: 20 } } },
    },
    retired: {},
    transports: {},
    defaultTransport: null,
    winsTies: true,
    writing: '',
    manner,
  });
  expect(fileFault(text)).toBeNull();
  return parse(text) as DynamicConfiguration;
}

describe('the pin to listeners', () => {
  it('leaves out what takes a long wait for a fault, and keeps the rest', () => {
    const { http, tcp } = pin({ connections: 'listener' });
    const own = 'web~shop~web~rollout';
    expect(http?.services?.[own]).toEqual({
      loadBalancer: { servers: [{ url: 'http://127.0.0.1:40001' }], serversTransport: own },
    });
    expect(http?.serversTransports?.[own]).toEqual({
      maxIdleConnsPerHost: -1,
      forwardingTimeouts: { idleConnTimeout: '250ms' },
    });
    expect(http?.routers?.[own]?.['middlewares']).toEqual(['auth@file', 'strip~shop~web~rollout']);
    expect(tcp?.services?.['line~shop~web~rollout']?.['loadBalancer']).toMatchObject({
      servers: [{ address: '127.0.0.1:40002' }],
      terminationDelay: -1,
      proxyprotocol: { version: '2' },
    });
    expect(http?.routers?.['shop-file']?.['service']).toBe(own);
  });

  it('is one below every original when the new container is to take over by itself', () => {
    const { http, tcp } = pin({ connections: 'listener', below: true });
    expect(http?.routers?.['web~shop~web~rollout']?.['priority']).toBe('Host(`a.test`)'.length - 1);
    expect(tcp?.routers?.['line~shop~web~rollout']?.['priority']).toBe(-2);
    expect(http?.routers).not.toHaveProperty('shop-file');
    expect(http?.routers?.['shop-file~shop~web~rollout']?.['priority']).toBe(19);
  });

  it('has a path to prove the way with, and no idle connections before', () => {
    const proof = { entryPoint: 'traefik', path: '/proof', port: 40_001 };
    const { http } = pin({ connections: 'fresh', proof });
    expect(http?.routers?.['proof~shop~web~rollout']).toMatchObject({
      entryPoints: ['traefik'],
      rule: 'Path(`/proof`)',
    });
    expect(http?.serversTransports?.['web~shop~web~rollout']).toMatchObject({ maxIdleConnsPerHost: -1 });
    expect(http?.services?.['web~shop~web~rollout']).toMatchObject({
      loadBalancer: { servers: [{ url: 'http://172.20.128.2:8080' }] },
    });
  });
});

describe('heldServices', () => {
  it('names the services, or why they cannot be held', () => {
    expect(heldServices(provided, () => true)).toEqual([
      { protocol: 'http', name: 'web' },
      { protocol: 'tcp', name: 'line' },
    ]);
    const scheme = { [`${service}.loadbalancer.server.scheme`]: 'https' };
    const secure = provideConfiguration([containerFacts({ labels: { ...labels, ...scheme } })], 'proxynet');
    expect(heldServices(secure, () => true)).toContain('checks the certificate of web');
    expect(heldServices(secure, () => false)).toHaveLength(2);
    expect(targetsOf(secure, { protocol: 'http', name: 'web' })).toEqual([
      { address: '172.20.128.2', port: 8080, tls: true },
    ]);
    const none = provideConfiguration([containerFacts({ labels: {} })], 'proxynet');
    expect(heldServices(none, () => false)).toBe('no HTTP or TCP route leads to it');
  });

  it('hands over to where a service went that has another name now', () => {
    expect(targetsOf(provided, { protocol: 'http', name: 'before' })).toEqual([
      { address: '172.20.128.2', port: 8080, tls: false },
    ]);
  });
});
