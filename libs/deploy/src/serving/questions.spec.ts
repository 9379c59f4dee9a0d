import { entryPointsOf } from '@itsup/traefik';
import type { Route, TraefikRouter } from '@itsup/routing';

import { questionsOf } from './questions';

const points = entryPointsOf({
  entryPoints: {
    web: { address: ':8080' },
    'web-secure': { address: '192.0.2.1:443' },
    'tcp-5432': { address: ':5432' },
    'udp-53': { address: ':53/udp' },
  },
});

type Asked = Parameters<typeof questionsOf>[0];

const route = (kind: Route['kind'], router: Partial<TraefikRouter>): Asked => ({
  kind,
  place: { file: 'projects/blog/ingress.yml', line: 2, column: 3 },
  routers: {
    blog: { entryPoints: ['web-secure'], service: 'blog', tls: {}, rule: 'Host(`a.example.com`)', ...router },
    'blog-redirect': {
      entryPoints: ['web'],
      service: 'noop',
      middlewares: ['redirect@file'],
      rule: 'Host(`a`)',
    },
  },
});

describe('questionsOf', () => {
  it('asks by name at the address of the entry point, and leaves the redirect to HTTPS alone', () => {
    const rule = 'Host(`a.example.com`) && PathPrefix(`/api`)';
    expect(questionsOf(route('http', { rule }), points)).toMatchObject({
      missing: [],
      questions: [
        {
          ...{ text: 'https://a.example.com/api', kind: 'http', address: '192.0.2.1', port: 443, tls: true },
          ...{ host: 'a.example.com', path: '/api', place: { line: 2 } },
        },
      ],
    });
  });

  it.each<[string, Route['kind'], Partial<TraefikRouter>]>([
    ['TCP', 'tcp', { entryPoints: ['tcp-5432'], rule: 'HostSNI(`*`)' }],
    ['TLS that is passed through', 'http', { entryPoints: ['tcp-5432'], tls: { passthrough: true } }],
  ])('connects to the port alone for %s', (_, kind, router) => {
    expect(questionsOf(route(kind, router), points).questions).toMatchObject([
      { text: 'tcp port 5432', kind: 'tcp', address: '127.0.0.1', port: 5432 },
    ]);
  });

  it.each<[string, Route['kind'], Partial<TraefikRouter>]>([
    ['UDP', 'udp', { entryPoints: ['udp-53'] }],
    ['a rule that no request is known for', 'http', { rule: 'Host(`a`) && Header(`X`, `y`)' }],
  ])('asks nothing of %s', (_, kind, router) => {
    expect(questionsOf(route(kind, router), points)).toEqual({ missing: [], questions: [] });
  });

  it('names an entry point that Traefik does not have', () => {
    expect(questionsOf(route('tcp', { entryPoints: ['tcp-1'] }), points)).toEqual({
      ...{ missing: ['tcp-1'], questions: [] },
    });
  });
});
