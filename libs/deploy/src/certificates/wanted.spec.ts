import type { IngressRow, Project } from '@itsup/config';
import { row, settings } from '@itsup/config/testing/model';
import { routeWorkspace } from '@itsup/routing';

import { wantedBy, wantedByProxy } from './wanted';

const place = { file: 'projects/blog/ingress.yml', line: 2, column: 5 };

function wanted(rows: Partial<IngressRow>[], labels: Record<string, string> = {}): string[] {
  const blog: Project = {
    name: 'blog',
    folder: 'projects/blog',
    kind: 'container',
    enabled: true,
    paths: 'source',
    host: null,
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
          ...{ profiles: [], publishedPorts: [] },
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
    wantedBy(blog, routing).map(({ resolver, names }) => `${resolver}: ${names.join(' ')}`),
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
