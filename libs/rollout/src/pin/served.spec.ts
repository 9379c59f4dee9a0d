import { servedConfiguration } from '@itsup/traefik';
import { containerFacts } from '../testing/container-facts';
import { missingLabels, supersededRouter } from './served';
import { missingFrom, type Serving } from '../traefik/temporary/ready';
import { provideConfiguration } from '../provider/docker-provider';

const labels = {
  'traefik.enable': 'true',
  'traefik.http.routers.web.rule': 'Host(`a.test`)',
  'traefik.http.routers.web.entrypoints': 'web-secure',
  'traefik.http.services.web.loadbalancer.server.port': '80',
};
const provided = provideConfiguration([containerFacts({ labels })], null);
const router = { rule: 'Host(`a.test`)', entryPoints: ['web-secure'], service: 'web', status: 'enabled' };
const service = { loadBalancer: { servers: [{ url: 'http://172.20.128.2:80' }] }, status: 'enabled' };
const served = { routers: { 'web@docker': router }, services: { 'web@docker': service } };

describe('missingLabels', () => {
  it('is empty when the provider shows routers and exactly these servers', () => {
    expect(missingLabels(servedConfiguration(served), provided)).toBe('');
  });

  it.each([
    ['no service', { ...served, services: {} }, 'service web is not there'],
    ['no router', { ...served, routers: {} }, 'router web is not there'],
    [
      'the old rule',
      { ...served, routers: { 'web@docker': { ...router, rule: 'Host(`old.test`)' } } },
      'router web still has its old rule',
    ],
    [
      'old entry points',
      { ...served, routers: { 'web@docker': { ...router, entryPoints: ['web'] } } },
      'router web still has its old entry points',
    ],
    [
      'an old server as well',
      {
        ...served,
        services: {
          'web@docker': {
            loadBalancer: { servers: [{ url: 'http://172.20.128.2:80' }, { url: 'http://172.20.128.9:80' }] },
          },
        },
      },
      'service web has the servers http://172.20.128.2:80, http://172.20.128.9:80 instead of http://172.20.128.2:80',
    ],
  ])('tells of %s', (_, raw, expected) => {
    expect(missingLabels(servedConfiguration(raw), provided)).toBe(expected);
  });
});

describe('supersededRouter', () => {
  const routed = (changes: Record<string, string>, name = 'web') =>
    provideConfiguration(
      [
        containerFacts({
          labels: {
            'traefik.enable': 'true',
            [`traefik.http.routers.${name}.rule`]: 'Host(`a.test`)',
            [`traefik.http.routers.${name}.entrypoints`]: 'web-secure',
            'traefik.http.services.web.loadbalancer.server.port': '80',
            ...changes,
          },
        }),
      ],
      null,
    );
  const before = routed({ 'traefik.http.routers.web.rule': 'Host(`a.test`) || Host(`b.test`)' });
  const wanted = routed({});
  const shows = (changes: object | null) =>
    servedConfiguration(changes === null ? {} : { routers: { 'web@docker': { ...router, ...changes } } });

  it.each([
    ['the old rule', { rule: 'Host(`a.test`) || Host(`b.test`)', priority: 28 }, 'web'],
    ['the old priority', { priority: 100 }, 'web'],
    ['the old entry points', { entryPoints: ['web'], priority: 14 }, 'web'],
    ['the new labels', { priority: 14 }, ''],
    ['nothing, because two containers disagree', null, ''],
    ['an old router that does not work', { rule: 'Host(`b.test`)', status: 'disabled' }, ''],
  ])('where the provider shows %s', (_, changes, expected) => {
    expect(supersededRouter(shows(changes), before, wanted)).toBe(expected);
  });

  it('leaves alone what the new labels do not have: no other container takes its requests', () => {
    expect(supersededRouter(shows({}), wanted, routed({}, 'other'))).toBe('');
  });
});

describe('missingFrom', () => {
  const serving = (raw: object, changes: Partial<Serving> = {}): Serving => ({
    configuration: servedConfiguration(raw),
    entryPoints: ['web-secure'],
    certificates: [],
    ...changes,
  });
  const old = serving(served);

  it('is empty when the new instance serves all, and more', () => {
    const more = { ...served, routers: { ...served.routers, 'new@docker': router } };
    expect(missingFrom(old, serving(more), [])).toBe('');
  });

  it.each([
    ['a router', { ...served, routers: {} }, 'router web@docker is not there'],
    [
      'a working router',
      { ...served, routers: { 'web@docker': { ...router, status: 'disabled', error: ['no entry point'] } } },
      'router web@docker: no entry point',
    ],
    ['a service', { ...served, services: {} }, 'service web@docker is not there'],
    [
      'its servers',
      { ...served, services: { 'web@docker': { loadBalancer: {} } } },
      'service web@docker has other servers',
    ],
  ])('tells what it lacks: %s', (_, raw, expected) => {
    expect(missingFrom(old, serving(raw), [])).toBe(expected);
  });

  it('waits for certificates, whichever they are', () => {
    const certificate = { fingerprint: 'ab12', names: ['*.web.test'], issuer: 'x', begins: 0, expires: 0 };
    expect(missingFrom(old, old, ['a.web.test'])).toBe('there is no certificate for a.web.test');
    expect(missingFrom(old, serving(served, { certificates: [certificate] }), ['a.web.test'])).toBe('');
  });

  it('does not ask the final instance for the way of challenges that a temporary one has', () => {
    const challenges = { ...router, service: 'handover-challenges' };
    const temporary = serving({
      ...served,
      routers: { ...served.routers, 'handover-challenges-web@file': challenges },
      services: {
        ...served.services,
        'handover-challenges@file': { loadBalancer: { servers: [{ url: 'http://127.0.0.1:26482' }] } },
      },
    });
    expect(missingFrom(temporary, old, [])).toBe('');
  });

  it('does not ask an instance without a resolver to answer challenges', () => {
    const challenges = { ...router, service: 'acme-http@internal' };
    const owner = serving({ ...served, routers: { ...served.routers, 'challenges@file': challenges } });
    expect(missingFrom(owner, old, [])).toBe('');
  });

  it('does not ask for what cannot be there: internal routers, broken ones, those of an entry point that goes', () => {
    const raw = {
      ...served,
      routers: {
        ...served.routers,
        'acme-http@internal': { ...router },
        'broken@docker': { ...router, status: 'disabled' },
        'db@file': { ...router, entryPoints: ['tcp-5432'] },
      },
    };
    expect(missingFrom(serving(raw), old, [])).toBe('');
  });
});
