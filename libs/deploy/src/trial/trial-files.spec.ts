import { parse } from 'yaml';

import { trialFiles } from './trial-files';

const files = [
  {
    path: 'traefik/traefik.yml',
    text: 'entryPoints:\n  web: {address: ":80", http: {middlewares: [a@file]}}\n  dns: {address: ":53/udp"}\nproviders: {docker: {}}\ncertificatesResolvers: {le: {}}\nexperimental: {plugins: {p: {}}}\n',
  },
  {
    path: 'traefik/dynamic/middlewares.yml',
    text: 'http:\n  middlewares:\n    a: {addPrefix: {prefix: /a}}\n    p: {plugin: {p: {}}}\n    c: {chain: {middlewares: [login@docker]}}\n',
  },
  {
    path: 'traefik/dynamic/routers-tcp.yml',
    text: 'tcp:\n  routers:\n    r: {rule: "HostSNI(`*`)", service: db-1@docker}\n',
  },
  { path: 'dns/Corefile', text: '. {}' },
];

describe('trialFiles', () => {
  const trial = trialFiles(files);
  const read = (file: string): Record<string, unknown> => parse(trial[file] ?? '') as Record<string, unknown>;

  it('keeps the static configuration but for what needs a network, a port of the host or a plugin', () => {
    expect(Object.keys(read('traefik.yml')).sort()).toEqual(['entryPoints', 'log', 'providers']);
    expect(read('traefik.yml')).toMatchObject({
      entryPoints: { web: { address: '127.0.0.1:20000' }, dns: { address: '127.0.0.1:20001/udp' } },
      providers: { file: { directory: '/trial/dynamic', watch: false } },
    });
  });

  it('leads a router to every object, plugins left out', () => {
    const routers = (read('dynamic/trial-routers.yml') as { http: { routers: object } }).http.routers;
    expect(Object.keys(routers)).toEqual(['trial~http.middlewares.a', 'trial~http.middlewares.c']);
  });

  it('puts stand-ins where containers would be', () => {
    expect(trial['dynamic/routers-tcp.yml']).toContain('service: db-1~docker@file');
    expect(read('dynamic/trial-stand-ins.yml')).toMatchObject({
      http: { middlewares: { 'login~docker': {} } },
      tcp: { services: { 'db-1~docker': {} } },
    });
  });

  it('does so on a swarm too, whose provider has another name', () => {
    const onSwarm = files.map(({ path, text }) => ({
      path,
      text: text.replace('{docker: {}}', '{swarm: {}}').replaceAll('@docker', '@swarm'),
    }));
    expect(trialFiles(onSwarm)).toEqual(trial);
  });
});
