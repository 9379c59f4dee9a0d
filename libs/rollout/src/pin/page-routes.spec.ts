import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { parse } from 'yaml';

import { fileFault } from '@itsup/traefik';

import { containerFacts } from '../testing/container-facts';
import type { ContainerFacts, DynamicConfiguration } from '../types';
import { renderPageRoutes } from './page-routes';
import { markerOf, readPublished, writePin, writeRouteFile } from './pin-file';
import { pageFileName } from './pin-names';
import { provideConfiguration } from '../provider/docker-provider';

const labels = {
  'traefik.enable': 'true',
  'traefik.http.routers.web.rule': 'Host(`a.test`) && HeaderRegexp(`X`, `{{.*}}`)',
  'traefik.http.routers.web.entrypoints': 'web-secure',
  'traefik.http.routers.web.tls.certresolver': 'letsencrypt',
  'traefik.http.routers.web.tls.options': 'strict',
  'traefik.http.routers.web.middlewares': 'login,from-home,all@file,lan@file',
  'traefik.http.middlewares.login.basicauth.users': 'a:b',
  'traefik.http.middlewares.from-home.ipallowlist.sourcerange': '10.0.0.0/8',
  'traefik.http.routers.plain.rule': 'Host(`a.test`)',
  'traefik.http.routers.plain.entrypoints': 'web',
  'traefik.http.routers.plain.middlewares': 'redirect@file',
  'traefik.http.routers.plain.priority': '7',
  'traefik.http.services.web.loadbalancer.server.port': '8080',
};
const published: DynamicConfiguration = {
  http: {
    routers: {
      'shop-file': {
        rule: 'Host(`b.test`)',
        entryPoints: ['web-secure'],
        service: 'web@docker',
        priority: 20,
      },
      'shop-weighted': { rule: 'Host(`c.test`)', service: 'both' },
      'shop-outside': { rule: 'Host(`d.test`)', service: 'outside', middlewares: ['lan'] },
      foreign: { rule: 'Host(`e.test`)', service: 'other@docker' },
    },
    services: {
      both: { weighted: { services: [{ name: 'web@docker' }] } },
      outside: { loadBalancer: { servers: [{ url: 'http://192.0.2.1' }] } },
    },
    middlewares: {
      lan: { ipAllowList: { sourceRange: ['192.168.0.0/16'] } },
      all: { chain: { middlewares: ['limit', 'lan'] } },
      limit: { rateLimit: { average: 1 } },
      redirect: { redirectScheme: { scheme: 'https' } },
    },
  },
};

function page(
  container = containerFacts({ labels }),
  others: ContainerFacts[] = [],
  files: DynamicConfiguration = published,
) {
  const provided = provideConfiguration([container], 'proxynet').http;
  const { middlewares: elsewhere } = provideConfiguration(others, 'proxynet').http;
  const routers = ['shop-outside'];
  const rendered = renderPageRoutes({
    ...{ project: 'shop', provided, elsewhere, published: files, routers },
    ...{ service: 'page@docker', writing: '' },
  });
  expect(fileFault(rendered.text)).toBeNull();
  return rendered;
}

describe('renderPageRoutes', () => {
  it('leads every HTTP route of the project to the page, above itself and above the pin of a deploy', () => {
    const { routers: names, text } = page();
    const { routers = {} } = (parse(text.replaceAll('{{"{{"}}', '{{')) as DynamicConfiguration).http ?? {};
    expect(names.map(({ name }) => name).sort()).toEqual([
      'plain~shop~page',
      'shop-file~file~shop~page',
      'shop-outside~file~shop~page',
      'shop-weighted~file~shop~page',
      'web~shop~page',
    ]);
    expect(Object.values(routers).map(({ service }) => service)).toEqual(names.map(() => 'page@docker'));
    expect(routers['plain~shop~page']).toMatchObject({ entrypoints: 'web', priority: 9 });
    expect(routers['shop-file~file~shop~page']).toMatchObject({ priority: 22 });
    expect(routers['web~shop~page']).toMatchObject({
      priority: 'Host(`a.test`) && HeaderRegexp(`X`, `{{.*}}`)'.length + 2,
      tls: { certresolver: 'letsencrypt', options: 'strict@docker' },
    });
  });

  it('keeps who may come and where plain HTTP is led, and asks for no log-in', () => {
    const { text } = page();
    const { routers = {}, middlewares = {} } =
      (parse(text.replaceAll('{{"{{"}}', '{{')) as DynamicConfiguration).http ?? {};
    expect(routers['web~shop~page']?.['middlewares']).toEqual([
      'from-home~shop~page',
      'lan@file',
      'lan@file',
    ]);
    expect(routers['plain~shop~page']?.['middlewares']).toEqual(['redirect@file']);
    expect(routers['shop-outside~file~shop~page']?.['middlewares']).toEqual(['lan@file']);
    expect(middlewares['from-home~shop~page']).toEqual({ ipallowlist: { sourcerange: '10.0.0.0/8' } });
  });

  it('keeps whom a service itself keeps away, behind those of the router', () => {
    const { services, routers } = published.http ?? {};
    const lists = {
      ...published.http,
      routers: { ...routers, 'shop-twice': { rule: 'Host(`f.test`)', service: 'twice' } },
      services: {
        ...services,
        outside: { ...services?.['outside'], middlewares: ['all'] },
        twice: { failover: { service: 'both@file', fallback: 'outside' } },
      },
    };
    const guarded = { ...labels, 'traefik.http.services.web.middlewares': 'login,from-home' };
    const { text } = page(containerFacts({ labels: guarded }), [], { http: lists });
    const { routers: copies = {} } =
      (parse(text.replaceAll('{{"{{"}}', '{{')) as DynamicConfiguration).http ?? {};
    expect(copies['web~shop~page']?.['middlewares']).toEqual([
      ...['from-home~shop~page', 'lan@file', 'lan@file', 'from-home~shop~page'],
    ]);
    expect(copies['shop-file~file~shop~page']?.['middlewares']).toEqual(['from-home~shop~page']);
    expect(copies['shop-outside~file~shop~page']?.['middlewares']).toEqual(['lan@file', 'lan@file']);
    // A service that is built on one that is built on theirs is theirs.
    expect(copies).toHaveProperty(['shop-twice~file~shop~page']);
    expect(copies).not.toHaveProperty(['foreign~file~shop~page']);
  });

  it('keeps who may come where the labels of another project say it, and comes to an end in circles', () => {
    const guarded = {
      ...labels,
      'traefik.http.routers.web.middlewares': 'office@docker,round',
      'traefik.http.middlewares.round.chain.middlewares': 'round,from-home',
    };
    const gate = containerFacts({
      labels: {
        'traefik.enable': 'true',
        'traefik.http.services.gate.loadbalancer.server.port': '80',
        'traefik.http.middlewares.office.chain.middlewares': 'desk,log-in',
        'traefik.http.middlewares.desk.ipallowlist.sourcerange': '10.1.0.0/16',
        'traefik.http.middlewares.log-in.basicauth.users': 'a:b',
        'traefik.http.middlewares.from-home.ipallowlist.sourcerange': '10.9.0.0/16',
      },
    });
    const { text } = page(containerFacts({ labels: guarded }), [gate]);
    const { routers = {}, middlewares = {} } =
      (parse(text.replaceAll('{{"{{"}}', '{{')) as DynamicConfiguration).http ?? {};
    expect(routers['web~shop~page']?.['middlewares']).toEqual(['desk~shop~page', 'from-home~shop~page']);
    expect(middlewares['desk~shop~page']).toEqual({ ipallowlist: { sourcerange: '10.1.0.0/16' } });
    expect(middlewares['from-home~shop~page']).toEqual({ ipallowlist: { sourcerange: '10.0.0.0/8' } });
  });

  it('has a marker that is another one for every content', () => {
    const one = page();
    expect(markerOf(one.text)).toBe(one.marker);
    const changed = { ...labels, 'traefik.http.routers.web.rule': 'Host(`z.test`)' };
    expect(page(containerFacts({ labels: changed })).marker).not.toBe(one.marker);
  });

  it('is no published file for the pin of a deploy', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'itsup-page-'));
    try {
      await writeRouteFile(folder, 'routers-http.yml', 'http: {routers: {a: {service: x@docker}}}');
      await writeRouteFile(folder, pageFileName('shop'), page().text);
      await writePin(folder, 'shop', 'web', '');
      expect(Object.keys((await readPublished(folder)).http?.routers ?? {})).toEqual(['a']);
      expect(await readFile(join(folder, 'maintenance-shop.yml'), 'utf8')).toContain(
        'itsup maintenance shop off',
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
