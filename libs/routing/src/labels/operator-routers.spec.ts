import { knownMiddlewares, overriddenMiddlewares } from './middlewares';
import { routersOf } from '../explain/candidates';
import { rowContext } from '../row/context';
import { routeWorkspace } from '../route-workspace';
import { project, settings, workspace } from '../testing/build';
import { operatorRouters } from './operator-routers';

const inFile = (data: Record<string, unknown>) => ({ file: 'projects/x.yml', text: '', data });

describe('files of the operator, whose keys Traefik reads in any case', () => {
  const middlewaresOverride = inFile({
    HTTP: {
      Routers: {
        panel: {
          Rule: 'Host(`panel.acme.org`)',
          entrypoints: 'web-secure, web',
          Service: 'panel',
          Middlewares: ['auth'],
          Priority: '7',
          TLS: {
            certresolver: 'dns',
            Passthrough: 'false',
            domains: [{ Main: 'acme.org', sans: '*.acme.org' }],
          },
        },
        plain: { rule: 'Path(`/`)', service: 'panel', tls: false },
        both: { rule: 'Path(`/`)', service: 'panel', tls: true },
      },
      MiddleWares: { auth: {} },
    },
  });
  const traefikOverride = inFile({
    CertificatesResolvers: { dns: {} },
    entrypoints: { 'web-secure': { HTTP: { middlewares: 'own@file, other@file' } } },
  });

  it('give routers', () => {
    const routers = operatorRouters({ middlewaresOverride }).map(({ kind, name, router }) => [
      kind,
      name,
      router,
    ]);
    expect(routers).toEqual([
      [
        'http',
        'panel',
        {
          rule: 'Host(`panel.acme.org`)',
          entryPoints: ['web-secure', 'web'],
          service: 'panel',
          middlewares: ['auth'],
          priority: 7,
          tls: { certResolver: 'dns', domains: [{ main: 'acme.org', sans: ['*.acme.org'] }] },
        },
      ],
      ['http', 'plain', { rule: 'Path(`/`)', entryPoints: [], service: 'panel' }],
      ['http', 'both', { rule: 'Path(`/`)', entryPoints: [], service: 'panel', tls: {} }],
    ]);
    const all = workspace([], { middlewaresOverride });
    expect(routersOf(all, routeWorkspace(all))).toContainEqual(
      expect.objectContaining({
        name: 'panel@file',
        entryPoints: ['web-secure', 'web'],
        certResolver: 'dns',
      }),
    );
  });

  it('give middlewares, resolvers and lists of entry points', () => {
    const all = settings({ middlewaresOverride, traefikOverride });
    expect([...knownMiddlewares(all).http]).toContain('auth');
    expect([...rowContext(project('blog'), all).resolvers]).toContain('dns');
    expect(overriddenMiddlewares(all, 'web-secure')).toEqual(['own@file', 'other@file']);
    expect(overriddenMiddlewares(all, 'web')).toBeNull();
  });

  it('but name entry points as they are written', () => {
    const entryPoints = { WEB: { http: { middlewares: ['a@file'] } }, 'Web-Secure': { http: {} } };
    const all = settings({
      traefikOverride: inFile({
        entryPoints: { ...entryPoints, 'web-secure': { http: { middlewares: ['b@file'] } } },
      }),
    });
    expect(overriddenMiddlewares(all, 'web')).toBeNull();
    expect(overriddenMiddlewares(all, 'web-secure')).toEqual(['b@file']);
  });
});
