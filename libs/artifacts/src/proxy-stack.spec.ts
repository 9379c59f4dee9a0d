import type { Settings } from '@itsup/config';
import { parse } from 'yaml';
import { renderProxy } from './render-proxy';
import { shippedTemplates, workspace, workspaceRouting } from './testing/build';

type Services = Record<string, Record<string, unknown>>;
const templates = shippedTemplates();

function composeFile(changes: Partial<Settings>): Record<string, unknown> {
  const files = renderProxy(workspace(changes), workspaceRouting(), templates);
  return parse(files.find(({ path }) => path === 'proxy/docker-compose.yml')?.text ?? '') as Record<
    string,
    unknown
  >;
}
const services = (changes: Partial<Settings> = {}): Services => composeFile(changes)['services'] as Services;
const all = services({ crowdsec: { enabled: true, collections: ['crowdsecurity/nginx'] } });

test('every service has a health check, a pinned image and a say in its rollout', () => {
  expect(Object.keys(all).sort()).toEqual(['crowdsec', 'dns', 'dockerproxy', 'traefik']);
  for (const service of Object.values(all)) {
    expect(service['healthcheck']).toHaveProperty('test');
    expect(service['image']).toMatch(/:[\w.-]+$/);
    expect(service).toHaveProperty('x-itsup.rollout');
  }
});

test('the stateless ones can be drained and run twice', () => {
  const stateless = Object.entries(all).filter(
    ([, service]) => (service['x-itsup'] as { rollout: boolean }).rollout,
  );
  expect(stateless.map(([name]) => name).sort()).toEqual(['crowdsec', 'traefik']);
  for (const [, service] of stateless) {
    expect((service['healthcheck'] as { test: string[] }).test[1]).toMatch(/^test ! -f \/tmp\/drain && /);
    expect(service).not.toHaveProperty('container_name');
    expect(service).not.toHaveProperty('ports');
  }
});

test('the engine’s socket is behind a proxy on the loopback, read only', () => {
  expect(all['dockerproxy']).toMatchObject({
    ports: ['127.0.0.1:2375:2375'],
    cap_drop: ['ALL'],
    read_only: true,
  });
  expect(JSON.stringify(all['traefik'])).not.toContain('docker.sock');
  const command = all['dockerproxy']?.['command'] as string[];
  expect(command.filter((flag) => /^-allow[A-Z]+=/.test(flag) && !/^-allow(GET|HEAD)=/.test(flag))).toEqual(
    [],
  );
});

test('CrowdSec may read logs only while it is enabled', () => {
  expect(JSON.stringify(services()['dockerproxy'])).not.toContain('logs');
  expect(JSON.stringify(all['dockerproxy'])).toContain('logs');
  expect(all['crowdsec']).toHaveProperty(
    'environment.COLLECTIONS',
    expect.stringContaining('crowdsecurity/nginx'),
  );
});

test('CrowdSec knows every key by a name of its own, and is healthy only with the one it has', () => {
  const crowdsec = all['crowdsec'] as {
    entrypoint: string[];
    secrets: { source: string; target: string }[];
    healthcheck: { test: string[] };
  };
  expect(crowdsec.secrets).toEqual([{ source: 'bouncer_key_traefik', target: 'key_of_traefik' }]);
  expect(crowdsec.entrypoint[2]).toMatch(/BOUNCER_KEY_traefik_\$\$\(.*sha256sum.*\nexec .*docker_start\.sh/s);
  expect(crowdsec.healthcheck.test[1]).toMatch(
    /Api-Key: \$\$\(cat \/run\/secrets\/key_of_traefik\).* http:\/\/127\.0\.0\.1:7422\/$/,
  );
});

test('credentials of a DNS provider come from a file in the state folder, which need not be there', () => {
  const dns = { dnsChallenge: { provider: 'cloudflare' } };
  const { traefik } = services({ letsEncrypt: { email: null, staging: false, resolvers: { dns } } });
  expect(traefik?.['env_file']).toEqual([
    { path: '${ITSUP_STATE:-/var/lib/itsup}/traefik.env', required: false },
  ]);
  expect(services()['traefik']).not.toHaveProperty('env_file');
});

test('what is switched off leaves nothing behind', () => {
  const stack = composeFile({ dns: { enabled: false, resolvers: [] } });
  expect(Object.keys(stack['services'] as Services)).toEqual(['traefik', 'dockerproxy']);
  expect(stack).not.toHaveProperty('networks');
  expect(stack).not.toHaveProperty('secrets');
});

test('another version is another image, the honeypot’s included', () => {
  const versions = {
    traefik: 'v3.8.0',
    dockerproxy: '1.14.0',
    dns: 'registry.example/dns:1',
    crowdsec: 'v1',
    crowdsecPlugin: 'v1',
  };
  const changed = services({ versions });
  expect(changed['traefik']?.['image']).toBe('traefik:v3.8.0');
  expect(changed['dns']?.['image']).not.toBe(all['dns']?.['image']);
});
