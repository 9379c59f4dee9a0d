import type { Route, TraefikRouter } from '@itsup/routing';

import { unheardProjects, whyProxyIsNeeded, type ProxyFacts } from './proxy-needed';

const web = 'entryPoints: {web: {address: ":8080"}, web-secure: {address: ":8443"}}';
const withPort = web.replace('}}', '}, tcp-5432: {address: ":5432"}}');

const route = (router: Partial<TraefikRouter>): Pick<Route, 'routers'> => ({
  routers: { one: { entryPoints: ['web-secure'], service: 'one', ...router } },
});

const facts = (change: Partial<ProxyFacts>): ProxyFacts => ({
  routes: [route({})],
  containers: [{ service: 'traefik', state: 'running' }],
  inUse: { kind: 'same' },
  present: web,
  desired: withPort,
  ...change,
});

describe('unheardProjects', () => {
  const projects = [
    { project: 'blog', routes: [route({})] },
    { project: 'store', routes: [route({}), route({ entryPoints: ['tcp-5432'] })] },
    { project: 'worker', routes: [] },
  ];

  it('are those with a port that Traefik does not listen on', () => {
    expect([...unheardProjects(web, projects)]).toEqual(['store']);
    expect([...unheardProjects(withPort, projects)]).toEqual([]);
  });

  it('are none where nothing was published yet', () => {
    expect([...unheardProjects(null, projects)]).toEqual([]);
  });
});

describe('whyProxyIsNeeded', () => {
  it.each<[string, Partial<ProxyFacts>, string | null]>([
    ['all that it asks for is served', {}, null],
    ['another project changed the proxy', { desired: `${withPort}\nlog: {level: DEBUG}` }, null],
    ['it has no route', { routes: [], containers: [] }, null],
    ['no Traefik runs', { containers: [{ service: 'dns', state: 'running' }] }, 'Traefik does not run'],
    [
      'Traefik has stopped',
      { containers: [{ service: 'traefik', state: 'exited' }] },
      'Traefik does not run',
    ],
    [
      'the state folder is another one',
      { inUse: { kind: 'replaced' } },
      'Traefik reads another folder than the one that is published to',
    ],
    [
      'a port is new',
      { routes: [route({ entryPoints: ['tcp-5432'] })] },
      'Traefik does not listen on 5432/tcp yet',
    ],
    ['the port is there', { routes: [route({ entryPoints: ['tcp-5432'] })], present: withPort }, null],
    [
      'a resolver is new',
      {
        routes: [route({ tls: { certResolver: 'dns' } })],
        desired: `${web}\ncertificatesResolvers: {dns: {}}`,
      },
      'Traefik does not have the certificate resolver dns yet',
    ],
    ['nothing was ever published', { present: null }, 'Traefik does not listen on 8443/tcp yet'],
  ])('when %s', (_, change, expected) => {
    expect(whyProxyIsNeeded(facts(change))).toBe(expected);
  });
});
