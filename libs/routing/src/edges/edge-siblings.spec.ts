import type { NetworkFacts, Project } from '@itsup/config';

import { routeWorkspace } from '../route-workspace';
import { project, service, workspace } from '../testing/build';

const INTERNAL: NetworkFacts = { name: null, driver: null, external: false, internal: true, options: {} };

function vault(changes: Partial<Project> = {}): Project {
  const made = project('vault', {
    services: [service('web', { networks: ['inner'] }), service('database', { networks: ['inner'] })],
    networks: ['inner'],
  });
  const compose = made.compose && { ...made.compose, networkFacts: { inner: INTERNAL } };
  return { ...made, compose, ...changes };
}

function told(...projects: Project[]): string[] {
  return routeWorkspace(workspace(projects))
    .problems.filter(({ code }) => code === 'egress-sibling-name')
    .map(({ severity, project: of, message }) => `${severity} ${of}: ${message}`);
}

describe('the name of a sibling that a consumer brings onto its edge', () => {
  const taker = project('taker', { services: ['database'], egress: ['vault:web'] });

  it('is an error of the consumer where the provider meets its sibling on an internal network that is asked later', () => {
    expect(told(vault(), taker)).toEqual([
      'error taker: taker has a database too, which vault:web meets on the edge: ' +
        'it answers to that name in place of vault:database, for Docker asks taker--vault--web first',
    ]);
  });

  it('is a note where the internal network’s name sorts before the edge’s', () => {
    const zoo = project('zoo', { services: ['database'], egress: ['vault:web'] });
    expect(told(vault(), zoo)).toEqual([
      'note zoo: zoo has a database too, which vault:web meets on the edge: ' +
        'it answers to that name while vault:database does not run',
    ]);
  });

  it('is a warning where the provider names the consumer', () => {
    const place = { file: 'projects/vault/ingress.yml', line: 2, column: 3 };
    const services = [{ name: 'web', projects: ['taker'], place }];
    const [found = ''] = told(vault({ exports: { place, services, paths: [] } }), taker);
    expect(found).toMatch(/^warning taker/);
  });

  it('is a note where a network that leads outside comes first', () => {
    const open = project('db', { services: ['postgres', 'cache'] });
    const shop = project('shop', { services: ['web', 'cache'], egress: ['db:postgres'] });
    expect(told(open, shop)).toEqual([
      'note shop: shop has a cache too, which db:postgres meets on the edge: ' +
        'it answers to that name while db:cache does not run',
    ]);
  });

  it('counts the name of a container, and not the service itself nor those that it shares no network with', () => {
    const named = project('named', {
      services: [service('job', { containerName: 'database' })],
      egress: ['vault:web'],
    });
    expect(told(vault(), named)).toHaveLength(1);
    const same = project('same', { services: ['web'], egress: ['vault:web'] });
    expect(told(vault(), same)).toEqual([]);
    const apart = project('db', {
      services: [service('postgres', { networks: ['one'] }), service('cache', { networks: ['two'] })],
      networks: ['one', 'two'],
    });
    expect(told(apart, project('shop', { services: ['cache'], egress: ['db:postgres'] }))).toEqual([]);
  });

  it('is nothing where the consumer is disabled or the service joins no network', () => {
    const off = project('taker', { services: ['database'], egress: ['vault:web'], enabled: false });
    const host = project('taker', {
      services: [service('database', { networkMode: 'host' })],
      egress: ['vault:web'],
    });
    expect([...told(vault(), off), ...told(vault(), host)]).toEqual([]);
  });
});
