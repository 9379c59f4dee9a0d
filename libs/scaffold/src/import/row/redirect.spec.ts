import { importCompose } from '../import-compose';
import { readRedirect } from './redirect';

const fields = (regex: string, replacement: string, permanent = 'true'): Map<string, string> =>
  new Map(
    Object.entries({ regex, replacement, permanent }).map(([key, value]) => [`redirectregex.${key}`, value]),
  );

describe('readRedirect', () => {
  it.each<[string, string, string, string[], string[]]>([
    ['^https?://www\\.acme\\.org/(.*)', 'https://acme.org/${1}', 'acme.org', ['www.acme.org'], ['acme.org']],
    [
      '^https://(?:www\\.)?old\\.org/(.*)$',
      'https://acme.org/$1',
      'acme.org',
      ['old.org', 'www.old.org'],
      ['acme.org'],
    ],
    [
      'https://(www|old).acme.org/(.*)',
      'https://acme.org/$2',
      'acme.org',
      ['www.acme.org', 'old.acme.org'],
      ['acme.org'],
    ],
  ])('%s', (regex, replacement, target, taken, others) => {
    const found = readRedirect(fields(regex, replacement));
    expect(found?.target).toBe(target);
    expect(taken.filter((name) => found?.takes?.(name) !== true)).toEqual([]);
    expect(others.filter((name) => found?.takes?.(name) !== false)).toEqual([]);
  });

  it.each([
    ['for a while', fields('^https?://www\\.acme\\.org/(.*)', 'https://acme.org/$1', 'false')],
    ['a part of the path', fields('^https?://acme\\.org/old/(.*)', 'https://acme.org/new/$1')],
    ['another group than the path', fields('^https://(www)\\.acme\\.org/(.*)', 'https://acme.org/$1')],
    ['the name that was asked for', fields('^http://(.*)', 'https://$1')],
  ])('leaves alone what redirects %s', (_, found) => {
    expect(readRedirect(found)).toBeNull();
  });
});

const imported = (labels: string[]): string => {
  const lines = labels.map((label) => `      - '${label}'\n`).join('');
  const text = `services:\n  web:\n    image: app:1\n    labels:\n${lines}`;
  const { ingress } = importCompose('docker-compose.yml', text, { resolvers: new Set(['letsencrypt']) });
  return ingress.slice(ingress.indexOf('ingress:'));
};

const PORT = 'traefik.http.services.web.loadbalancer.server.port=80';
const WWW = [
  'traefik.http.middlewares.www.redirectregex.regex=^https?://www\\.acme\\.org/(.*)',
  'traefik.http.middlewares.www.redirectregex.replacement=https://acme.org/$${1}',
  'traefik.http.middlewares.www.redirectregex.permanent=true',
];

describe('import of redirects and passwords', () => {
  it('makes redirect_from of a name that a middleware sends on to the other one', () => {
    const ingress = imported([
      'traefik.http.routers.web.rule=Host(`acme.org`) || Host(`www.acme.org`)',
      'traefik.http.routers.web.entrypoints=websecure',
      'traefik.http.routers.web.tls.certresolver=letsencrypt',
      'traefik.http.routers.web.middlewares=www',
      ...WWW,
      PORT,
    ]);
    expect(ingress).toBe(
      'ingress:\n  - service: web\n    domain: acme.org\n    port: 80\n    redirect_from: [www.acme.org]\n',
    );
  });

  it('makes redirect_from of a router of its own, and loses none that has plain HTTP alone', () => {
    const ingress = imported([
      'traefik.http.routers.web.rule=Host(`acme.org`)',
      'traefik.http.routers.web.entrypoints=websecure',
      'traefik.http.routers.web.tls.certresolver=letsencrypt',
      'traefik.http.routers.www.rule=Host(`www.acme.org`)',
      'traefik.http.routers.www.entrypoints=web',
      'traefik.http.routers.www.middlewares=www',
      ...WWW,
      PORT,
    ]);
    expect(ingress).toBe(
      'ingress:\n  - service: web\n    domain: acme.org\n    port: 80\n    redirect_from: [www.acme.org]\n',
    );
  });

  it('leaves a hash where it is: ingress.yml holds no secret', () => {
    const ingress = imported([
      'traefik.http.routers.web.rule=Host(`acme.org`)',
      'traefik.http.routers.web.tls=true',
      'traefik.http.routers.web.middlewares=login',
      'traefik.http.middlewares.login.basicauth.users=a:$$2y$$05$$x',
      'traefik.http.middlewares.login.basicauth.removeheader=true',
      PORT,
    ]);
    expect(ingress).toContain('middleware: [login@docker]');
  });

  it('names the variable that holds the users', () => {
    const ingress = imported([
      'traefik.http.routers.web.rule=Host(`acme.org`)',
      'traefik.http.routers.web.tls=true',
      'traefik.http.routers.web.middlewares=login',
      'traefik.http.middlewares.login.basicauth.users=${WEB_USERS}',
      'traefik.http.middlewares.login.basicauth.removeheader=true',
      PORT,
    ]);
    expect(ingress).toContain('basic_auth: WEB_USERS');
  });
});
