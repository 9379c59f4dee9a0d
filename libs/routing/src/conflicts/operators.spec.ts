import type { Settings } from '@itsup/config';
import { parse, stringify } from 'yaml';
import { routeWorkspace } from '../route-workspace';
import { project, service, workspace, type ProjectShape } from '../testing/build';

const MTLS = { rule: 'Host(`admin.org`)', entryPoints: ['web-secure'], service: 'x@docker', tls: {} };

/** `severity code at line, with line` of what is said of a project beside this router of the operator's. */
function said(shape: ProjectShape, router: object, set: Partial<Settings> = {}, kind = 'http'): string[] {
  const text = stringify({ [kind]: { routers: { mine: router } } });
  const data = parse(text) as Record<string, unknown>;
  const middlewaresOverride = { file: 'projects/middlewares.yml', text, data };
  const routing = routeWorkspace(workspace([project('evil', shape)], { middlewaresOverride, ...set }));
  return [...routing.problems, ...routing.projects.flatMap(({ problems }) => problems)]
    .filter(({ related = [] }) => related.some(({ place }) => place.file === 'projects/middlewares.yml'))
    .map(({ severity, code, place, related }) =>
      [severity, code, place?.line, related?.[0]?.place.line].join(' '),
    );
}

describe('what a router in projects/middlewares.yml names', () => {
  it.each<[string, ProjectShape, object]>([
    ['its host, with a priority', { rows: [{ domains: ['admin.org'], priority: 10_000 }] }, MTLS],
    ['its host, by a longer rule', { rows: [{ rule: 'Host(`admin.org`) && Method(`GET`)' }] }, MTLS],
    ['every host, before it', { rows: [{ rule: 'HostRegexp(`.+`)', priority: 10_000 }] }, MTLS],
    [
      'its host, in place of a path of it',
      { rows: [{ domains: ['admin.org'], priority: 10_000 }] },
      { ...MTLS, rule: 'Host(`admin.org`) && PathPrefix(`/x`)' },
    ],
    [
      'its path, by one above it',
      { rows: [{ domains: ['admin.org'], pathPrefix: '/x', priority: 10_000 }] },
      { ...MTLS, rule: 'Host(`admin.org`) && PathPrefix(`/x/y`)' },
    ],
    [
      'one path of it, by a prefix',
      { rows: [{ domains: ['admin.org'], pathPrefix: '/x', priority: 10_000 }] },
      { ...MTLS, rule: 'Host(`admin.org`) && Path(`/x`)' },
    ],
    [
      'its host, and a path besides',
      { rows: [{ rule: 'Host(`admin.org`) || Host(`admin.org`) && PathPrefix(`/x`)' }] },
      MTLS,
    ],
    [
      'every host, and a path of it besides',
      { rows: [{ rule: 'HostRegexp(`.+`) || Host(`admin.org`) && PathPrefix(`/x`)', priority: 10_000 }] },
      MTLS,
    ],
  ])('is taken by no project: %s', (_, shape, router) => {
    expect(said(shape, router)).toEqual(['error route-taken 2 3']);
  });

  it.each<[string, ProjectShape, object]>([
    ['that has its host behind it', { rows: [{ domains: ['admin.org'] }] }, { ...MTLS, priority: 10_000 }],
    ['that has its host, and which the file goes before', { rows: [{ domains: ['admin.org'] }] }, MTLS],
    ['with hosts of its own', { rows: [{ domains: ['other.org'], priority: 10_000 }] }, MTLS],
    [
      'that names a host, of a rule for every host',
      { rows: [{ domains: ['a.org'] }] },
      { ...MTLS, rule: 'PathPrefix(`/outpost`)' },
    ],
    [
      'that names a host, of a wildcard',
      { rows: [{ domains: ['a.admin.org'] }] },
      { ...MTLS, rule: 'Host(`*.admin.org`)' },
    ],
    [
      'with the rest of a host',
      { rows: [{ domains: ['admin.org'] }] },
      { ...MTLS, rule: 'Host(`admin.org`) && PathPrefix(`/x`)' },
    ],
  ])('leaves alone a project %s', (_, shape, router) => {
    expect(said(shape, router)).toEqual([]);
  });

  it('has a guest below it as another project has, and none where isolation is strict', () => {
    const guest = { rows: [{ domains: ['admin.org'], pathPrefix: '/login' }] };
    expect(said(guest, MTLS)).toEqual(['note path-below-domain 2 3']);
    expect(said(guest, MTLS, { isolation: 'strict' })).toEqual(['error route-taken 2 3']);
  });

  it.each<[string, ProjectShape]>([
    ['a path of it', { rows: [{ domains: ['admin.org'], pathPrefix: '/login' }] }],
    ['a rule that leaves it out', { rows: [{ rule: 'Host(`a.org`) && !Host(`admin.org`)' }] }],
  ])('keeps its TLS options beside a project with %s, or is told', (_, shape) => {
    const told = (tls: object) => said(shape, { ...MTLS, tls }).filter((one) => one.includes('tls-options'));
    expect(told({ options: 'mtls@file' })).toEqual(['error tls-options-conflict 2 3']);
    expect(told({ options: 'mtls' })).toEqual(['error tls-options-conflict 2 3']);
    expect(told({})).toEqual([]);
    expect(told({ options: 'default' })).toEqual([]);
  });

  it('does not switch off those of the project whose path it takes over', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.http.routers.a.rule': 'Host(`admin.org`)',
      'traefik.http.routers.a.tls.options': 'mtls@file',
    };
    const shape = { services: [service('web', { labels })] };
    const outpost = { ...MTLS, rule: 'Host(`admin.org`) && PathPrefix(`/outpost`)', priority: 10_000 };
    const codes = (tls: object) =>
      said(shape, { ...outpost, tls }).map((one) => one.split(' ').slice(0, 2).join(' '));
    expect(codes({})).toContain('error tls-options-conflict');
    expect(codes({ options: 'mtls@file' })).not.toContain('error tls-options-conflict');
  });

  it('is a connection’s host too, which HTTPS would take', () => {
    const tcp = {
      rule: 'HostSNI(`db.org`)',
      entryPoints: ['web-secure'],
      service: 'x',
      tls: { passthrough: true },
    };
    expect(said({ rows: [{ domains: ['db.org'] }] }, tcp, {}, 'tcp')).toEqual(['error route-taken 2 3']);
    expect(said({ rows: [{ domains: ['a.org'] }] }, tcp, {}, 'tcp')).toEqual([]);
  });
});

it('lets no project below the dashboard where isolation is strict', () => {
  const rows = [{ domains: ['traefik.org'], pathPrefix: '/api' }];
  const codes = (isolation: Settings['isolation']): string[] => {
    const set = { traefikDomain: 'traefik.org', isolation };
    const { projects } = routeWorkspace(workspace([project('evil', { rows })], set));
    return projects.flatMap(({ problems }) => problems).map(({ severity, code }) => `${severity} ${code}`);
  };
  expect(codes('standard')).toContain('note path-below-domain');
  expect(codes('strict')).toContain('error route-taken');
});
