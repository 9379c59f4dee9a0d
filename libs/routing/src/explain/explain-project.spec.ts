import type { Workspace } from '@itsup/config';
import { routeWorkspace } from '../route-workspace';
import { project, service, workspace } from '../testing/build';
import { explainProject } from './explain-project';
import type { Explanation } from './model';

const ask = (name: string | null, from: Workspace): Explanation =>
  explainProject(name, from, routeWorkspace(from));

const brief = ({ answers }: Explanation): string[] =>
  answers.map(
    ({ connection: { entryPoint, host, path }, outcome }) =>
      `${entryPoint.name} ${host ?? '*'}${path ?? ''}: ${outcome}`,
  );

describe('explain of a project', () => {
  it('answers for every name, path and port of its rows, and for none of another one', () => {
    const shop = project('shop', {
      rows: [
        { domains: ['shop.acme.org', 'store.acme.org'] },
        { domains: ['api.acme.org'], pathPrefix: '/v1', service: 'api' },
        { router: 'tcp', domains: [], hostport: 5432, service: 'db', port: 5432 },
        { router: 'udp', domains: [], hostport: 53, service: 'dns', port: 53 },
      ],
    });
    const other = project('other', { rows: [{ domains: ['other.acme.org'] }] });
    const found = ask('shop', workspace([shop, other]));
    expect(brief(found).sort()).toEqual([
      'tcp-5432 *: served',
      'udp-53 *: served',
      'web-secure api.acme.org/v1: served',
      'web-secure shop.acme.org/: served',
      'web-secure store.acme.org/: served',
    ]);
    expect(found.hints).toEqual([]);
    expect(found.question.text).toBe('shop');
  });

  it('answers for routers of its labels, and says of which no request is known', () => {
    const labels = {
      'traefik.enable': 'true',
      'traefik.http.routers.own.rule': 'Host(`own.acme.org`)',
      'traefik.http.routers.own.entrypoints': 'web-secure',
      'traefik.http.routers.own.tls': 'true',
      'traefik.http.routers.blue.rule': 'HeaderRegexp(`X-Team`, `blue`)',
      'traefik.http.routers.blue.entrypoints': 'web-secure',
      'traefik.http.services.own.loadbalancer.server.port': '80',
    };
    const found = ask('shop', workspace([project('shop', { services: [service('web', { labels })] })]));
    expect(brief(found)).toEqual(['web-secure own.acme.org/: served']);
    expect(found.hints).toMatchObject([
      { code: 'no-request-known', message: expect.stringContaining('blue@docker') },
    ]);
  });

  it('tells of names and rows that are sent on where to', () => {
    const shop = project('shop', {
      rows: [
        { domains: ['acme.org'], redirectFrom: ['www.acme.org'] },
        { domains: ['old.acme.org'], redirectTo: 'https://acme.org/new' },
      ],
    });
    const sent = ask('shop', workspace([shop])).answers.map(({ connection, router }) => [
      connection.host,
      router?.sentTo,
    ]);
    expect(Object.fromEntries(sent)).toEqual({
      'acme.org': null,
      'www.acme.org': 'acme.org',
      'old.acme.org': 'https://acme.org/new',
    });
  });

  it('says why nothing leads to it', () => {
    const off = { ...project('off', { rows: [{ domains: ['off.acme.org'] }] }), enabled: false };
    const quiet = project('quiet', { rows: [] });
    const from = workspace([off, quiet]);
    expect(ask('off', from).hints).toMatchObject([{ code: 'project-disabled' }]);
    expect(ask('quiet', from).hints).toMatchObject([{ code: 'no-rows' }]);
  });

  it('tells of the proxy by which names it is reached itself', () => {
    const shop = project('shop', { rows: [{ domains: ['shop.acme.org'] }] });
    const dashboard = { traefikDomain: 'traefik.acme.org', traefikAdmin: ['me:hash'] };
    const found = ask(null, workspace([shop], dashboard));
    expect(found.question.text).toBe('proxy');
    expect(brief(found)).toContain('web-secure traefik.acme.org/: served');
    expect(found.answers.filter(({ router }) => router?.target.project !== null)).toEqual([]);
    expect(ask(null, workspace([shop], { traefikDomain: null }))).toMatchObject({
      answers: [],
      hints: [{ code: 'no-dashboard' }],
    });
  });

  it('says where a host is called like it', () => {
    const nas = project('nas', { rows: [{ domains: ['disks.acme.org'] }] });
    const other = project('other', { rows: [{ rule: 'Host(`NAS`)' }] });
    expect(ask('nas', workspace([nas, other])).hints).toMatchObject([
      { code: 'also-a-host', severity: 'note', help: 'ask for the host: itsup explain http://nas' },
    ]);
    expect(ask('other', workspace([nas, other])).hints).toEqual([]);
  });
});
