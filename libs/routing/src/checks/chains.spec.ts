import type { Project } from '@itsup/config';
import { routeWorkspace } from '../route-workspace';
import { project, service, workspace } from '../testing/build';

/** Chains that each name the next one twice; the last one is of these. */
const doubling = (prefix: string, length: number, last: string): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length }, (_, index) => {
      const next = index === length - 1 ? last : `${prefix}${index + 1}`;
      return [`traefik.http.middlewares.${prefix}${index}.chain.middlewares`, `${next}, ${next}`];
    }),
  );
const owner = (name: string, labels: Record<string, string>): Project =>
  project(name, { services: [service('web', { labels: { 'traefik.enable': 'true', ...labels } })] });
const told = (projects: Project[]): string[] =>
  routeWorkspace(workspace(projects))
    .problems.filter(({ code }) => code === 'chain-too-long')
    .map(({ project: whose, message }) => `${whose}: ${message.slice(0, message.indexOf(' comes to'))}`);

const HEADERS = { 'traefik.http.middlewares.end.headers.framedeny': 'true' };

describe('chains of which one is made for each time that it is named', () => {
  it('are refused where they come to more than any site has, at the first that does', () => {
    expect(told([owner('evil', { ...doubling('c', 60, 'end'), ...HEADERS })])).toEqual([
      'evil: label traefik.http.middlewares.c50.chain.middlewares of web',
    ]);
  });

  it('are counted across projects, and in the list of a router, a service and a row', () => {
    const half = owner('half', { ...doubling('a', 9, 'end'), ...HEADERS });
    expect(told([half])).toEqual([]);
    expect(told([half, owner('other', doubling('b', 2, 'a0@docker'))])).toEqual([
      'other: label traefik.http.middlewares.b1.chain.middlewares of web',
    ]);
    expect(told([half, owner('list', { 'traefik.http.routers.r.middlewares': 'a0,a0' })])).toEqual([
      'list: label traefik.http.routers.r.middlewares of web',
    ]);
    expect(told([half, owner('list', { 'traefik.http.services.s.middlewares': 'a0,a0' })])).toHaveLength(1);
    const rows = project('row', { rows: [{ middleware: ['a0@docker', 'a0@docker'] }] });
    expect(told([half, rows])).toEqual(['row: this row']);
  });

  it('may be long, go round in a circle, and be named by many', () => {
    const long = Object.fromEntries(
      Array.from({ length: 900 }, (_, index) => [
        `traefik.http.middlewares.m${index}.headers.framedeny`,
        'true',
      ]),
    );
    const names = Object.keys(long).map((label) => label.split('.')[3]);
    const circle = { 'traefik.http.middlewares.x.chain.middlewares': 'x,end' };
    const all = { 'traefik.http.middlewares.all.chain.middlewares': names.join(',') };
    expect(told([owner('fine', { ...long, ...all, ...circle, ...HEADERS })])).toEqual([]);
  });
});
