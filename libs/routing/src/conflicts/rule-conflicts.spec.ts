import { compareText, type IngressRow, type Settings } from '@itsup/config';
import { routeProject } from '../route-project';
import { routeWorkspace } from '../route-workspace';
import { codes, externalProject, project, settings, workspace } from '../testing/build';
import type { Problem } from '@itsup/config';
import { AUTHORITY } from '@itsup/config/testing/authority';

function between(a: Partial<IngressRow>, b: Partial<IngressRow>, set: Partial<Settings> = {}): Problem[] {
  const sources = workspace([project('one', { rows: [a] }), project('two', { rows: [b] })], set);
  return routeWorkspace(sources).problems.filter(({ severity }) => severity !== 'note');
}

function within(rows: Partial<IngressRow>[], set: Partial<Settings> = {}): Problem[] {
  return routeProject(project('one', { rows }), settings(set)).problems;
}

describe('the same host and path', () => {
  it('in two projects is told at one place, naming the other', () => {
    expect(
      between({ domains: ['a.org'], pathPrefix: '/x' }, { domains: ['A.org'], pathPrefix: '/x', port: 1 }),
    ).toMatchObject([
      {
        code: 'route-conflict',
        severity: 'error',
        message: 'one:web and two:web claim a.org/x on web-secure',
        place: { file: 'projects/two/ingress.yml', line: 2 },
        related: [
          { message: 'one:web claims it here', place: { file: 'projects/one/ingress.yml', line: 2 } },
        ],
      },
    ]);
  });

  it('in one project is that project’s problem, not the workspace’s', () => {
    const rows = [{ domains: ['a.org'] }, { domains: ['a.org'], port: 1 }];
    expect(within(rows)).toMatchObject([{ code: 'route-conflict', project: 'one', place: { line: 3 } }]);
    expect(routeWorkspace(workspace([project('one', { rows })])).problems).toEqual([]);
  });

  it('is found between labels, files and raw rules', () => {
    const external = externalProject('nas', '10.0.0.9', [{ domains: ['a.org'] }]);
    const label = project('one', { rows: [{ domains: ['a.org', 'b.org'] }] });
    const raw = project('two', {
      rows: [{ rule: 'host("a.org") && !(Method(`GET`) || !PathPrefix(`/`)) || HOST(`A.ORG`)' }],
    });
    expect(routeWorkspace(workspace([external, label, raw])).problems).toMatchObject([
      { code: 'route-conflict', message: 'nas:10.0.0.9, one:web and two:web claim a.org on web-secure' },
    ]);
  });

  it('is found where one sends the name on, and the other serves it or sends it on too', () => {
    const from = { domains: ['b.org'], redirectFrom: ['a.org'] };
    expect(between({ domains: ['a.org'] }, from)).toMatchObject([
      { code: 'route-conflict', message: 'one:web and two:web claim a.org on web-secure' },
    ]);
    expect(between({ domains: ['c.org'], redirectFrom: ['a.org'] }, from)).toMatchObject([
      { code: 'route-conflict', message: 'one:web and two:web claim a.org on web-secure' },
    ]);
    expect(within([{ domains: ['a.org'], redirectFrom: ['www.a.org'] }])).toEqual([]);
  });

  it('is one mistake however many domains two rows share', () => {
    const domains = ['a.org', 'b.org', 'c.org', 'd.org', 'e.org', 'f.org'];
    expect(between({ domains }, { domains: [...domains].reverse(), port: 1 })).toMatchObject([
      { message: expect.stringMatching(/a\.org on web-secure, .* and 3 more$/) },
    ]);
  });

  it('is two routes when they are on different ports, speak TLS or not, or ask for more', () => {
    expect(between({ domains: ['a.org'] }, { domains: ['a.org'], hostport: 9000 })).toEqual([]);
    expect(
      between({ domains: ['a.org'], hostport: 9000 }, { rule: 'Host(`a.org`)', hostport: 9000 }),
    ).toEqual([]);
    expect(within([{ domains: ['a.org'] }, { rule: 'Host(`a.org`) && Method(`POST`)', port: 1 }])).toEqual(
      [],
    );
    expect(
      between({ domains: ['a.org'], pathPrefix: '/a' }, { domains: ['a.org'], pathPrefix: '/b' }),
    ).toEqual([]);
  });

  it('is not claimed by a disabled project', () => {
    const off = project('two', { rows: [{ domains: ['a.org'] }], enabled: false });
    expect(
      routeWorkspace(workspace([project('one', { rows: [{ domains: ['a.org'] }] }), off])).problems,
    ).toEqual([]);
  });

  it('as the dashboard has is a conflict of the row alone', () => {
    expect(within([{ domains: ['traefik.acme.org'] }], { traefikDomain: 'traefik.acme.org' })).toMatchObject([
      { code: 'route-conflict', message: expect.stringContaining('the dashboard'), place: { line: 2 } },
    ]);
    expect(
      within([{ domains: ['traefik.acme.org'], pathPrefix: '/app' }], { traefikDomain: 'traefik.acme.org' }),
    ).toMatchObject([
      {
        severity: 'note',
        message:
          'one:web serves traefik.acme.org/app on web-secure, below what the dashboard (traefik.domain in projects/itsup.yml) has',
      },
    ]);
  });
});

describe('the dashboard', () => {
  const place = { file: 'projects/itsup.yml', line: 2, column: 11 };
  const set = { traefikDomain: 'traefik.acme.org', places: { traefikDomain: place } };

  it.each<[string, Partial<IngressRow>]>([
    ['route-conflict', { domains: ['traefik.acme.org'] }],
    ['unreachable-route', { rule: 'PathPrefix(`/`)', priority: 500 }],
  ])('has a place in a %s where itsup.yml names it', (code, row) => {
    expect(within([row], set)).toMatchObject([
      { code, place: { file: 'projects/one/ingress.yml', line: 2 }, related: [{ place }] },
    ]);
  });
});

describe('a route that is never reached', () => {
  it('is found where a longer rule takes all of it', () => {
    const long = { domains: ['a.org', 'another-name-that-makes-the-rule-long.org'] };
    expect(between(long, { domains: ['a.org'], pathPrefix: '/api' })).toMatchObject([
      {
        code: 'unreachable-route',
        message: expect.stringMatching(/^two:web never gets a\.org\/api on web-secure: one:web takes it/),
        help: expect.stringContaining('priority: 67'),
        place: { file: 'projects/two/ingress.yml' },
        related: [{ place: { file: 'projects/one/ingress.yml' } }],
      },
    ]);
    expect(between(long, { domains: ['a.org'], pathPrefix: '/api', priority: 67 })).toEqual([]);
  });

  it('is found where a prefix is the start of another, as text', () => {
    expect(
      within([
        { domains: ['a.org'], pathPrefix: '/a', priority: 100 },
        { domains: ['a.org'], pathPrefix: '/ab' },
      ]),
    ).toMatchObject([{ code: 'unreachable-route', message: expect.stringContaining('a.org/ab') }]);
    expect(
      within([
        { domains: ['a.org'], pathPrefix: '/a' },
        { domains: ['a.org'], pathPrefix: '/ab' },
      ]),
    ).toEqual([]);
    expect(
      within([
        { domains: ['a.org'], pathPrefix: '/b', priority: 100 },
        { domains: ['a.org'], pathPrefix: '/ab' },
      ]),
    ).toEqual([]);
  });

  it('is none for a path on one of the names of another row of the project', () => {
    const site = { domains: ['a.org', 'another-name-that-makes-the-rule-long.org'] };
    expect(within([site, { domains: ['a.org'], pathPrefix: '/api', port: 81 }])).toEqual([]);
    // What is written stands.
    expect(
      within([
        { ...site, priority: 500 },
        { domains: ['a.org'], pathPrefix: '/api', port: 81 },
      ]),
    ).toMatchObject([{ code: 'unreachable-route', severity: 'error' }]);
  });

  it('is a note where the project takes some of its names alone, and an error where another does', () => {
    const wide = { domains: ['a.org', 'b.org'], priority: 500 };
    const some = { domains: ['a.org', 'c.org'], pathPrefix: '/api', port: 81 };
    expect(within([wide, some])).toMatchObject([
      { code: 'unreachable-route', severity: 'note', message: expect.stringContaining('a.org/api') },
    ]);
    const all = { domains: ['a.org', 'b.org'], pathPrefix: '/api', port: 81 };
    expect(within([wide, all])).toMatchObject([{ severity: 'error' }]);
    expect(between(wide, some)).toMatchObject([{ code: 'unreachable-route', severity: 'error' }]);
  });

  it('is found behind a wildcard and behind a rule for every host', () => {
    const resolver = {
      letsEncrypt: { email: null, staging: false, ...AUTHORITY, resolvers: { dns: { dnsChallenge: {} } } },
    };
    const wild = { domains: ['*.acme.org'], resolver: 'dns', priority: 200 };
    expect(between(wild, { domains: ['app.acme.org'] }, resolver)).toMatchObject([
      { code: 'unreachable-route' },
    ]);
    expect(between(wild, { domains: ['a.b.acme.org'] }, resolver)).toEqual([]);
    expect(between({ rule: 'Host(`*`)', priority: 200 }, { domains: ['app.acme.org'] })).toMatchObject([
      { code: 'unreachable-route' },
    ]);
  });

  it('says when two rules are equally long, so that chance decides', () => {
    const resolver = {
      letsEncrypt: { email: null, staging: false, ...AUTHORITY, resolvers: { dns: { dnsChallenge: {} } } },
    };
    expect(
      between({ domains: ['*.acme.org'], resolver: 'dns' }, { domains: ['a.acme.org'] }, resolver),
    ).toMatchObject([{ code: 'unreachable-route', message: expect.stringContaining('left to chance') }]);
  });

  it('is decided by the provider when two rules are equally long: the file’s is asked first', () => {
    const resolver = {
      letsEncrypt: { email: null, staging: false, ...AUTHORITY, resolvers: { dns: { dnsChallenge: {} } } },
    };
    const file = (domain: string, dns?: string): ReturnType<typeof externalProject> =>
      externalProject('nas', '10.0.0.9', [{ domains: [domain], resolver: dns ?? null }]);
    const label = (domain: string, dns?: string): ReturnType<typeof project> =>
      project('one', { rows: [{ domains: [domain], resolver: dns ?? null }] });
    expect(
      routeWorkspace(workspace([file('*.acme.org', 'dns'), label('a.acme.org')], resolver)).problems,
    ).toMatchObject([{ code: 'unreachable-route', message: expect.stringContaining('one:web never gets') }]);
    expect(
      routeWorkspace(workspace([file('a.acme.org'), label('*.acme.org', 'dns')], resolver)).problems,
    ).toEqual([]);
  });

  it('is found for the dashboard, at the row that takes it away', () => {
    expect(
      within([{ domains: ['*.acme.org'], priority: 500 }], { traefikDomain: 'traefik.acme.org' }),
    ).toMatchObject(
      [
        { code: 'wildcard-needs-dns-challenge' },
        { code: 'unreachable-route', place: { line: 2 }, help: expect.stringContaining('priority: 23') },
      ].sort((a, b) => compareText(a.code, b.code)),
    );
  });

  it('is none of the redirects: they all do the same', () => {
    const rows = [
      { domains: ['a.org', 'long-long-long-long-long.org'] },
      { domains: ['a.org'], pathPrefix: '/.well-known/acme-challenge' },
    ];
    expect(within(rows).map(({ code }) => code)).toEqual(['acme-path-taken']);
  });
});

describe('TLS of one name', () => {
  it('goes to HTTPS before it goes to TCP', () => {
    const [problem] = between(
      { domains: ['mail.acme.org'] },
      { domains: ['mail.acme.org'], passthrough: true },
    );
    expect(problem).toMatchObject({
      code: 'unreachable-route',
      message: expect.stringContaining('HTTPS comes before TCP'),
      place: { file: 'projects/two/ingress.yml' },
      related: [{ place: { file: 'projects/one/ingress.yml' } }],
    });
    expect(
      between({ domains: ['*.acme.org'] }, { router: 'tcp', domains: ['mail.acme.org'] }).map(
        ({ code }) => code,
      ),
    ).toEqual(['unreachable-route']);
    expect(between({ domains: ['mail.acme.org'] }, { domains: ['*.acme.org'], passthrough: true })).toEqual(
      [],
    );
    expect(
      between(
        { domains: ['mail.acme.org'] },
        { domains: ['mail.acme.org'], passthrough: true, hostport: 993 },
      ),
    ).toEqual([]);
  });

  it('is claimed once', () => {
    expect(
      between(
        { router: 'tcp', domains: ['a.org'], hostport: 25 },
        { router: 'tcp', domains: ['a.org'], hostport: 25 },
      ),
    ).toMatchObject([{ code: 'route-conflict', message: 'one:web and two:web claim a.org on tcp-25' }]);
    expect(
      between(
        { router: 'tcp', domains: ['a.org'], hostport: 25 },
        { router: 'tcp', domains: ['b.org'], hostport: 25 },
      ),
    ).toEqual([]);
  });
});

describe('a challenge that a container answers', () => {
  it('is a warning where Traefik wants a certificate for the same name', () => {
    const challenge = { domains: ['a.org'], pathPrefix: '/.well-known/acme-challenge' };
    expect(within([{ domains: ['a.org'] }, challenge])).toMatchObject([
      { code: 'acme-path-taken', severity: 'warning' },
    ]);
    expect(within([{ domains: ['a.org'], passthrough: true }, challenge])).toEqual([]);
    expect(codes({ problems: within([challenge]) })).toEqual([]);
  });

  it('is an error where another project has the name: whoever answers can have certificates for it', () => {
    const challenge = { domains: ['a.org'], pathPrefix: '/.well-known/acme-challenge' };
    for (const victim of [{ domains: ['a.org'] }, { domains: ['a.org'], passthrough: true }]) {
      expect(between(victim, challenge)).toMatchObject([
        { code: 'route-taken', severity: 'error', place: { file: 'projects/two/ingress.yml' } },
      ]);
    }
  });
});
