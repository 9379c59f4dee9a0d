import { containerFacts } from '../testing/container-facts';
import type { DynamicConfiguration } from '../types';
import { dependantsOf, type Dependants } from './dependants';
import { provideConfiguration } from './docker-provider';

const container = (labels: Record<string, string>): ReturnType<typeof containerFacts> =>
  containerFacts({ labels: { 'traefik.enable': 'true', ...labels } });
const port = (name: string): Record<string, string> => ({
  [`traefik.http.services.${name}.loadbalancer.server.port`]: '80',
});

const auth = container({
  ...port('auth'),
  'traefik.http.routers.auth.rule': 'Host(`auth.test`)',
  'traefik.http.middlewares.login.forwardauth.address': 'https://auth.test/verify',
});

function dependants(
  labels: Record<string, string>,
  published: DynamicConfiguration = {},
): Pick<Dependants, 'routers' | 'middlewares'> {
  const { routers, middlewares } = dependantsOf({
    protocol: 'http',
    own: provideConfiguration([auth], 'proxynet'),
    others: provideConfiguration([container(labels)], 'proxynet'),
    published,
    rename: (name) => `${name}~pin`,
  });
  return { routers, middlewares };
}

describe('dependantsOf', () => {
  it('copies a router of another container that passes a middleware of the service', () => {
    const found = dependants({
      ...port('blog'),
      'traefik.http.routers.blog.rule': 'Host(`blog.test`)',
      'traefik.http.routers.blog.middlewares': 'own,login@docker,limit@file',
      'traefik.http.routers.blog.tls.options': 'strict',
      'traefik.http.routers.blog.tls.certresolver': 'letsencrypt',
      'traefik.http.middlewares.own.stripprefix.prefixes': '/x',
    });
    expect(found).toEqual({
      routers: {
        'blog~docker~pin': {
          rule: 'Host(`blog.test`)',
          service: 'blog@docker',
          middlewares: ['own@docker', 'login~pin', 'limit@file'],
          tls: { options: 'strict@docker' },
        },
      },
      middlewares: {},
    });
  });

  it('copies what stands in between, in labels and in files', () => {
    const found = dependants(
      {
        ...port('blog'),
        'traefik.http.routers.blog.rule': 'Host(`blog.test`)',
        'traefik.http.routers.blog.middlewares': 'all',
        'traefik.http.middlewares.all.chain.middlewares': 'secured@file,own',
        'traefik.http.middlewares.own.stripprefix.prefixes': '/x',
      },
      {
        http: {
          middlewares: {
            secured: { chain: { middlewares: ['login@docker', 'limit'] } },
            limit: { rateLimit: { average: 1 } },
          },
          routers: {
            printer: { rule: 'Host(`printer.test`)', service: 'printer', middlewares: ['secured'] },
            plain: { rule: 'Host(`plain.test`)', service: 'printer', middlewares: ['limit'] },
          },
        },
      },
    );
    expect(found.middlewares).toEqual({
      'all~docker~pin': { chain: { middlewares: ['secured~file~pin', 'own@docker'] } },
      'secured~file~pin': { chain: { middlewares: ['login~pin', 'limit@file'] } },
    });
    expect(found.routers).toEqual({
      'blog~docker~pin': {
        rule: 'Host(`blog.test`)',
        service: 'blog@docker',
        middlewares: ['all~docker~pin'],
      },
      'printer~file~pin': {
        rule: 'Host(`printer.test`)',
        service: 'printer@file',
        middlewares: ['secured~file~pin'],
      },
    });
  });

  it('copies a router of another container that leads to the service, and no published one that does', () => {
    const found = dependants(
      {
        ...port('blog'),
        'traefik.http.routers.sso.rule': 'Host(`sso.test`)',
        'traefik.http.routers.sso.service': 'auth',
      },
      {
        http: {
          routers: {
            guarded: { rule: 'Host(`x.test`)', service: 'auth@docker', middlewares: ['login@docker'] },
          },
        },
      },
    );
    expect(found.routers).toEqual({ 'sso~docker~pin': { rule: 'Host(`sso.test`)', service: 'auth~pin' } });
  });

  it('leaves alone who needs nothing of it', () => {
    const found = dependants({
      ...port('blog'),
      'traefik.http.routers.blog.rule': 'Host(`blog.test`)',
      // In a file it would be another one.
      'traefik.http.routers.blog.middlewares': 'login@file',
    });
    expect(found).toEqual({ routers: {}, middlewares: {} });
  });
});
