import { labelRouters, type LabelRouter } from './label-routers';
import { routeProject } from '../route-project';
import { project, service, settings } from '../testing/build';

function routersOf(labels: Record<string, string>): LabelRouter[] {
  const blog = project('blog', { services: [service('web', { labels })] });
  return labelRouters(blog, routeProject(blog, settings()), false);
}

const web = 'traefik.http.routers.web';
const enabled = { 'traefik.enable': 'true', [`${web}.rule`]: 'Host(`a.test`)' };

describe('routers of labels, as Traefik reads them', () => {
  it('are one where their names differ in case alone', () => {
    const routers = routersOf({ ...enabled, 'traefik.http.routers.Web.priority': '7' });
    expect(routers.map(({ name, router }) => [name, router.rule, router.priority])).toEqual([
      ['Web', 'Host(`a.test`)', 7],
    ]);
  });

  it.each([
    ['', true],
    ['true', true],
    ['TRUE', true],
    ['false', false],
  ])('have TLS by `tls=%s`: %s', (value, hasTls) => {
    const [router] = routersOf({ ...enabled, [`${web}.tls`]: value });
    expect(router?.router.tls !== undefined).toBe(hasTls);
  });

  it('have TLS by a field of it, but where it is switched off', () => {
    const named = { ...enabled, [`${web}.tls.certresolver`]: 'letsencrypt' };
    expect(routersOf(named)[0]?.router.tls).toEqual({ certResolver: 'letsencrypt' });
    expect(routersOf({ ...named, [`${web}.tls`]: 'false' })[0]?.router.tls).toBeUndefined();
  });

  it('have the names of their certificates from `tls.domains`, by index and in whatever case', () => {
    const [router] = routersOf({
      ...enabled,
      [`${web}.tls.certresolver`]: 'dns',
      [`${web}.tls.domains[1].main`]: 'b.test',
      [`${web}.tls.Domains[0].Main`]: 'a.test',
      [`${web}.tls.domains[0].sans`]: '*.a.test, c.test',
    });
    expect(router?.router.tls).toEqual({
      certResolver: 'dns',
      domains: [{ main: 'a.test', sans: ['*.a.test', 'c.test'] }, { main: 'b.test' }],
    });
  });
});
