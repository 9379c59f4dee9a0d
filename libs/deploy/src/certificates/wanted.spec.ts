import type { IngressRow, Project } from '@itsup/config';
import { row, settings } from '@itsup/config/testing/model';
import { routeWorkspace } from '@itsup/routing';

import { wantedBy, wantedByProxy, type WantedOptions } from './wanted';

const place = { file: 'projects/blog/ingress.yml', line: 2, column: 5 };

function wanted(
  rows: Partial<IngressRow>[],
  labels: Record<string, string> = {},
  {
    profiles = [],
    host = null,
    ...options
  }: Partial<WantedOptions> & { profiles?: string[]; host?: string | null } = {},
): string[] {
  const blog: Project = {
    name: 'blog',
    folder: 'projects/blog',
    kind: host === null ? 'container' : 'external',
    enabled: true,
    paths: 'source',
    host,
    ingressFile: place.file,
    ingress: rows.map((changes, index) => row({ port: 8000 + index, ...changes })),
    egress: [],
    compose: {
      files: [],
      name: null,
      services: [
        {
          ...{ name: 'web', place, networks: null, networkMode: null, labels, hasDns: false },
          ...{ hasHealthcheck: true, image: 'nginx', hasBuild: false, containerName: null },
          ...{ profiles, publishedPorts: [] },
        },
      ],
      networks: [],
      binds: [],
    },
    files: [],
  };
  const letsEncrypt = {
    ...settings().letsEncrypt,
    resolvers: { dns: { dnsChallenge: { provider: 'exec' } } },
  };
  const own = settings({ letsEncrypt });
  const { projects } = routeWorkspace({ settings: own, projects: [blog], problems: [] });
  return projects.flatMap((routing) =>
    wantedBy(blog, routing, { isExposed: false, ...options }).map(
      ({ resolver, names }) => `${resolver}: ${names.join(' ')}`,
    ),
  );
}

describe('wantedBy', () => {
  it('takes the names of each row, once, and none where nobody certifies them or TLS is passed on', () => {
    expect(
      wanted([
        { domains: ['blog.net', 'www.blog.net'] },
        { domains: ['blog.net', 'www.blog.net'], pathPrefix: '/api' },
        { domains: ['wild.net'], resolver: 'dns' },
        { domains: ['app.localhost'] },
        { domains: ['passed.net'], router: 'tcp', passthrough: true },
      ]),
    ).toEqual(['letsencrypt: blog.net www.blog.net', 'dns: wild.net']);
  });

  it('reads labels that the operator wrote, and leaves out what a variable decides', () => {
    const labels = (rule: string): Record<string, string> => ({
      'traefik.enable': 'true',
      'traefik.http.routers.x.rule': rule,
      'traefik.http.routers.x.tls.certresolver': 'letsencrypt',
    });
    expect(wanted([], labels('Host(`label.net`)'))).toEqual(['letsencrypt: label.net']);
    expect(wanted([], labels('Host(`app.${DOMAIN}`)'))).toEqual([]);
  });

  it('puts in what variables come to on this host', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.http.routers.x.rule': 'Host(`${HOST:-default.net}`)',
      'traefik.http.routers.x.tls.certresolver': '${RESOLVER:-letsencrypt}',
    };
    const lookup = (name: string): string | undefined => ({ HOST: 'real.net', RESOLVER: 'dns' })[name];
    expect(wanted([], labels)).toEqual(['letsencrypt: default.net']);
    expect(wanted([], labels, { lookup })).toEqual(['dns: real.net']);
  });

  it.each([
    ['Host(`app.label.net`)', ['dns: label.net *.label.net', 'dns: other.net']],
    ['HostRegexp(`^.+\\.label\\.net$`)', ['dns: label.net *.label.net', 'dns: other.net']],
  ])('takes `tls.domains` of labels before the names in the rule %s', (rule, orders) => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.http.routers.x.rule': rule,
      'traefik.http.routers.x.tls.certresolver': 'dns',
      'traefik.http.routers.x.tls.domains[0].main': 'label.net',
      'traefik.http.routers.x.tls.domains[0].sans': '*.label.net',
      'traefik.http.routers.x.tls.domains[1].main': 'other.net',
    };
    expect(wanted([], labels)).toEqual(orders);
  });

  it('takes of a row what the operator’s own label makes of it', () => {
    const labels = { 'traefik.http.routers.blog-web-8000.tls.certresolver': 'dns' };
    expect(wanted([{ domains: ['blog.net'] }], labels)).toEqual(['dns: blog.net']);
  });

  it('wants nothing for a service that does not run or is not enabled: it has no router', () => {
    const rows = [{ domains: ['blog.net'] }];
    expect(wanted(rows, {}, { profiles: ['dev'] })).toEqual([]);
    expect(wanted(rows, {}, { runs: () => false })).toEqual([]);
    expect(wanted(rows, {}, { profiles: ['dev'], runs: () => true })).toEqual(['letsencrypt: blog.net']);
    expect(wanted(rows, { 'traefik.enable': 'false' })).toEqual([]);
  });

  it('wants what a file routes, whatever runs', () => {
    const outside = { host: '192.0.2.7', runs: () => false };
    expect(wanted([{ domains: ['nas.net'] }], {}, outside)).toEqual(['letsencrypt: nas.net']);
  });
});

describe('wantedByProxy', () => {
  it('is the dashboard’s, where a public authority may certify its name', () => {
    const admin = { traefikAdmin: ['a:b'] };
    expect(wantedByProxy(settings({ ...admin, traefikDomain: 'traefik.blog.net' }))).toMatchObject([
      { stack: 'proxy', resolver: 'letsencrypt', names: ['traefik.blog.net'] },
    ]);
    expect(wantedByProxy(settings({ ...admin, traefikDomain: 'traefik.localhost' }))).toEqual([]);
    expect(wantedByProxy(settings())).toEqual([]);
  });
});
