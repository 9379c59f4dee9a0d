import type { NetworkFacts, Project, Settings } from '@itsup/config';
import { routeWorkspace } from '../../route-workspace';
import { project, workspace } from '../../testing/build';

const bridge: NetworkFacts = { name: null, external: false, driver: null, internal: false, options: {} };

function on(name: string, networks: Record<string, Partial<NetworkFacts>>) {
  const made = project(name, { services: ['web'], networks: Object.keys(networks) });
  if (!made.compose) throw new Error('no Compose file');
  const facts = Object.entries(networks).map(([key, changes]) => [key, { ...bridge, ...changes }]);
  return { ...made, compose: { ...made.compose, networkFacts: Object.fromEntries(facts) } };
}

const found = (projects: Project[], set: Partial<Settings> = {}) => {
  const { problems, projects: routed, disputes } = routeWorkspace(workspace(projects, set));
  const all = [...problems, ...routed.flatMap((each) => each.problems)];
  return [
    ...all.filter(({ code }) => code !== 'shared-network').map(({ code, severity }) => `${severity} ${code}`),
    ...disputes.flatMap(({ takers }) => takers),
  ];
};

describe('networks by their names on the engine', () => {
  test('of two projects are two, whatever their keys', () => {
    expect(found([on('a', { back: {} }), on('b', { back: {} })])).toEqual([]);
    expect(found([on('a', { proxynet: { internal: true } }), on('b', { proxynet: {} })])).toEqual([]);
  });

  test('are not made twice', () => {
    const shared = { back: { name: 'shared' } };
    expect(found([on('a', shared), on('b', shared)])).toEqual(['error network-name-conflict']);
    expect(found([on('a', { back: { name: 'b_default' } }), on('b', {})])).toEqual([
      'error network-name-taken',
      'a',
    ]);
    expect(found([on('a', { back: { name: 'proxynet' } })])).toEqual(['error network-name-taken']);
  });

  test('of another project may be joined, which is said, and not when isolation is strict', () => {
    const both = [on('a', { other: { name: 'b_default', external: true } }), on('b', {})];
    expect(found(both)).toEqual(['note network-joined']);
    expect(found(both, { isolation: 'strict' })).toEqual(['error network-joined']);
    expect(
      found([on('a', { other: { name: 'elsewhere', external: true } })], { isolation: 'strict' }),
    ).toEqual([]);
  });

  test('of a project with exports are joined by nobody, nor is the network of an edge to it', () => {
    const place = { file: 'projects/b/ingress.yml', line: 1, column: 1 };
    const b = { ...on('b', {}), exports: { services: [], paths: [], place } };
    expect(found([on('a', { other: { name: 'b_default', external: true } }), b])).toEqual([
      'error network-joined',
    ]);
    const c = { ...project('c', { services: ['web'], egress: ['b:web'] }) };
    const consents = { ...b, exports: { ...b.exports, services: [{ name: 'web', projects: ['c'], place }] } };
    expect(found([on('a', { other: { name: 'c--b--web', external: true } }), consents, c])).toEqual([
      'error network-joined',
    ]);
  });

  test('that are added for Traefik are the project’s own', () => {
    const closed = project('b', { rows: [{ domains: ['b.org'] }], networks: ['default'] });
    if (!closed.compose) throw new Error('no Compose file');
    const b = {
      ...closed,
      compose: { ...closed.compose, networkFacts: { default: { ...bridge, driver: 'macvlan' } } },
    };
    expect(found([on('a', { other: { name: 'b_proxy' } }), b])).toEqual(['error network-name-taken', 'a']);
    expect(found([on('a', { other: { name: 'b_proxy', external: true } }), b])).toEqual([
      'note network-joined',
    ]);
  });
});
