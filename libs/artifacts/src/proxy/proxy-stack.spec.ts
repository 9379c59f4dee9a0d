import type { Settings } from '@itsup/config';
import { PROXY_SERVICES } from '@itsup/routing';
import { parse } from 'yaml';
import { renderProxy } from './render-proxy';
import { shippedTemplates, workspace, workspaceRouting } from '../testing/build';
import { AUTHORITY } from '@itsup/config/testing/authority';

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
const override = (text: string): Settings['traefikOverride'] => ({
  file: 'projects/traefik.yml',
  text,
  data: parse(text) as Record<string, unknown>,
});
const all = services({
  crowdsec: { enabled: true, collections: ['crowdsecurity/nginx'], clientTrustedIps: [] },
});

test('every service has a health check, a pinned image and a say in its rollout', () => {
  expect(Object.keys(all).sort()).toEqual(['crowdsec', 'dns', 'socketproxy', 'traefik']);
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

test('the engine’s socket is behind a proxy that is on no network, read only, and opens to one group', () => {
  const { socketproxy, traefik, ...others } = all;
  expect(socketproxy).toMatchObject({
    network_mode: 'none',
    user: '0:7411',
    cap_drop: ['ALL'],
    read_only: true,
    logging: { driver: 'local' },
  });
  expect(socketproxy).not.toHaveProperty('ports');
  const command = socketproxy?.['command'] as string[];
  expect(command).toEqual(
    expect.arrayContaining(['-proxysocketendpoint=/engine/docker.sock', '-proxysocketendpointfilemode=0660']),
  );
  expect(command.join('\n')).not.toMatch(/listenip|allowfrom|logs|info/);
  expect(command.filter((flag) => /^-allow[A-Z]+=/.test(flag) && !/^-allow(GET|HEAD)=/.test(flag))).toEqual(
    [],
  );
  expect(traefik?.['volumes']).toContain('engine:/engine:ro');
  for (const service of [traefik, ...Object.values(others)])
    expect(JSON.stringify(service)).not.toContain('docker.sock');
  for (const service of Object.values(others)) expect(JSON.stringify(service)).not.toContain('engine:');
});

test('Traefik is a user of its own without a capability, where no entry point is below 1024', () => {
  expect(all['traefik']).toMatchObject({ user: '7411:7411', cap_drop: ['ALL'] });
  expect(all['traefik']).not.toHaveProperty('cap_add');
  const root = { cap_drop: ['ALL'], cap_add: ['NET_BIND_SERVICE', 'DAC_OVERRIDE'] };
  for (const changes of [
    { entryPoints: { web: 80, webSecure: 8443 } },
    { traefikOverride: override('entryPoints: {mail: {address: "10.0.0.1:25/tcp"}}') },
    { traefikOverride: override('entrypoints: {web: {Address: ":443"}}') },
  ]) {
    const { traefik } = services(changes);
    expect(traefik).toMatchObject(root);
    expect(traefik).not.toHaveProperty('user');
  }
  const high = services({ traefikOverride: override('entryPoints: {mail: {address: ":1025"}}') });
  expect(high['traefik']).toHaveProperty('user');
});

test('CrowdSec reads Traefik’s log from a file that both have, and not from the engine', () => {
  const log = '${ITSUP_STATE:-/var/lib/itsup}/log:/var/log/traefik';
  expect(all['traefik']?.['volumes']).toContain(log);
  expect(all['crowdsec']?.['volumes']).toContain(`${log}:ro`);
  expect((all['traefik']?.['healthcheck'] as { test: string[] }).test[1]).toMatch(
    /stat -c %s \$\$log .* -lt 67108864 \|\| \{ mv \$\$log \$\$log\.1 && kill -USR1 1; \}/,
  );
  expect(JSON.stringify(services()['traefik'])).not.toContain('/var/log/traefik');
  const files = renderProxy(
    workspace({ crowdsec: { enabled: true, collections: [], clientTrustedIps: [] } }),
    workspaceRouting(),
    templates,
  );
  const text = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
  expect(text('proxy/crowdsec/acquis.yaml')).toContain('/var/log/traefik/access.log');
  expect(parse(text('proxy/traefik/traefik.yml'))).toHaveProperty(
    'accessLog.filePath',
    '/var/log/traefik/access.log',
  );
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

test('what an authority or a DNS provider asks for comes from a file in the state folder, which need not be there', () => {
  const { traefik } = services({
    letsEncrypt: { email: 'a@b.c', staging: false, ...AUTHORITY, resolvers: {} },
  });
  expect(traefik?.['env_file']).toEqual([
    { path: '${ITSUP_STATE:-/var/lib/itsup}/traefik.env', required: false },
  ]);
  expect(services()['traefik']).not.toHaveProperty('env_file');
});

test('what is switched off leaves nothing behind', () => {
  const stack = composeFile({ dns: { enabled: false, resolvers: [] } });
  expect(Object.keys(stack['services'] as Services)).toEqual(['traefik', 'socketproxy']);
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

it('has no service whose containers nobody guards', () => {
  expect(PROXY_SERVICES).toEqual(expect.arrayContaining(Object.keys(all)));
});
