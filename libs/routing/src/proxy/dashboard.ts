import type { Settings } from '@itsup/config';
import { qualified } from '@itsup/traefik';
import { middlewareNames } from '../labels/middlewares';
import type { TraefikRouter } from '../model';
import { defaultResolver } from '../row/context';

/** The dashboard is there for those who may see it: with a host name and at least one user. */
export function dashboardOf(settings: Settings): { host: string; users: string[] } | null {
  const { traefikDomain: host, traefikAdmin: users } = settings;
  return host !== null && users.length > 0 ? { host, users } : null;
}

/**
 * The routers of the dashboard in the proxy's file, by name: its own, and the redirect to HTTPS. None without a
 * dashboard.
 */
export function dashboardRouters(settings: Settings): [string, TraefikRouter][] {
  const dashboard = dashboardOf(settings);
  if (dashboard === null) return [];
  const rule = `Host(\`${dashboard.host}\`)`;
  return [
    [
      'traefik-dashboard',
      {
        rule,
        entryPoints: ['web-secure'],
        service: 'api@internal',
        middlewares: [qualified(middlewareNames.dashboardAuth, 'file')],
        tls: { certResolver: defaultResolver },
      },
    ],
    [
      'traefik-dashboard-redirect',
      {
        rule,
        entryPoints: ['web'],
        service: 'noop@internal',
        middlewares: [qualified(middlewareNames.redirect, 'file')],
        priority: 1,
      },
    ],
  ];
}
