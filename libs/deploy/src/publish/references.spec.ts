import { entryKey } from './entries';
import { namesIn, namesInLabels } from './references';
import { stillUsed } from './still-used';

describe('namesIn', () => {
  it('finds what routers, services and middlewares refer to, and nothing of other providers', () => {
    const names = namesIn({
      routers: {
        a: {
          entryPoints: ['web'],
          rule: 'Host(`a.test`)',
          service: 'app@docker',
          middlewares: ['auth', 'limit@file', 'own@docker'],
          tls: { options: 'strict', certResolver: 'letsencrypt' },
        },
      },
      services: {
        b: { loadBalancer: { serversTransport: 'slow@file', servers: [{ url: 'http://c' }] } },
        d: { weighted: { services: [{ name: 'b', weight: 1 }], sticky: { cookie: { name: 'cookie' } } } },
        e: { failover: { service: 'd', fallback: 'b@file' } },
      },
      middlewares: { f: { chain: { middlewares: ['auth'] } }, g: { errors: { service: 'sorry' } } },
    });
    expect([...names].sort()).toEqual(['auth', 'b', 'd', 'limit', 'slow', 'sorry', 'strict']);
  });
});

describe('namesInLabels', () => {
  it('finds names of the file provider in labels of Traefik', () => {
    const names = namesInLabels({
      'traefik.http.routers.blog.middlewares': 'auth@file, own ,limit@file',
      'Traefik.http.services.blog.loadbalancer.serverstransport': 'slow@file',
      'org.example.mail': 'someone@file',
    });
    expect([...names].sort()).toEqual(['auth', 'limit', 'slow']);
  });
});

describe('stillUsed', () => {
  const key = (name: string): string => entryKey('http', 'middlewares', name);

  it('keeps what is named, and what that names in turn', () => {
    const retired = new Map<string, unknown>([
      [key('inner'), { headers: {} }],
      [key('outer'), { chain: { middlewares: ['inner'] } }],
      [key('free'), { chain: { middlewares: ['free2'] } }],
      [key('free2'), {}],
      [entryKey('http', 'routers', 'outer'), { service: 'x', middlewares: ['free'] }],
    ]);
    expect(stillUsed(retired, [{ user: 'blog', names: new Set(['outer']) }])).toEqual([
      { key: key('outer'), what: 'middleware outer', users: ['blog'] },
      { key: key('inner'), what: 'middleware inner', users: ['blog'] },
    ]);
  });

  it('ends for objects that name each other', () => {
    const retired = new Map<string, unknown>([
      [key('a'), { chain: { middlewares: ['b'] } }],
      [key('b'), { chain: { middlewares: ['a'] } }],
    ]);
    const uses = [
      { user: 'shop', names: new Set(['a']) },
      { user: 'blog', names: new Set(['b']) },
    ];
    expect(stillUsed(retired, uses).map(({ users }) => users)).toEqual([
      ['blog', 'shop'],
      ['blog', 'shop'],
    ]);
  });
});
