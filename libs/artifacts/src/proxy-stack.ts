import { createHash } from 'node:crypto';
import type { Settings } from '@itsup/config';
import { dashboardOf, proxynet, type WorkspaceRouting } from '@itsup/routing';
import { hasLocalPlugin } from './static-configuration';
import type { Templates } from './templates';

/** What the AppSec component and the parser of Traefik's access log need, whatever else the operator lists. */
const COLLECTIONS = [
  'crowdsecurity/traefik',
  'crowdsecurity/appsec-virtual-patching',
  'crowdsecurity/appsec-generic-rules',
];

/** What the templates of the proxy's Compose file and middlewares see. */
export interface ProxyStack {
  images: { traefik: string; dockerproxy: string; dns: string; checkedDns: string; crowdsec: string };
  dns: { address: string } | null;
  crowdsec: { plugin: string | null; collections: string[] } | null;
  /** A resolver proves names by DNS, so Traefik needs the provider's credentials. */
  dnsChallenges: boolean;
  /** Plugins that Traefik loads from disk. */
  localPlugins: boolean;
  dashboard: { host: string; users: string[] } | null;
  trustedIps: string[];
  /** Traefik's `headers` options for Strict-Transport-Security; null: none. */
  hsts: Record<string, unknown> | null;
  webPort: number;
  webSecurePort: number;
  /** Handshakes for a name without a certificate are refused. */
  sniStrict: boolean;
  /** The honeypot's image. */
  dnsDockerfile: string;
}

/** Everything in the proxy's Compose file and middlewares that depends on settings and routes. */
export function proxyStack(settings: Settings, routing: WorkspaceRouting, templates: Templates): ProxyStack {
  const { versions, crowdsec, entryPoints } = settings;
  const dockerproxy = imageOf('wollomatic/socket-proxy', versions.dockerproxy);
  const dns = imageOf('coredns/coredns', versions.dns);
  const dnsDockerfile = templates.render('proxy/dns.Dockerfile', { images: { dockerproxy, dns } });
  return {
    images: {
      traefik: imageOf('traefik', versions.traefik),
      dockerproxy,
      dns,
      // Named after what it is built from, so that another version is another image, which Compose then builds.
      checkedDns: `itsup-dns:${createHash('sha256').update(dnsDockerfile).digest('hex').slice(0, 12)}`,
      crowdsec: imageOf('crowdsecurity/crowdsec', versions.crowdsec),
    },
    dns: settings.dns.enabled ? { address: proxynet.dns } : null,
    crowdsec: crowdsec.enabled
      ? {
          plugin: hasLocalPlugin(settings, 'crowdsec') ? null : versions.crowdsecPlugin,
          collections: [...new Set([...COLLECTIONS, ...crowdsec.collections])],
        }
      : null,
    dnsChallenges: Object.keys(settings.letsEncrypt.resolvers).length > 0,
    localPlugins: settings.trustedIps.length > 0 || hasLocalPlugin(settings),
    dashboard: dashboardOf(settings),
    trustedIps: settings.trustedIps,
    hsts: hstsOf(settings),
    webPort: entryPoints.web,
    webSecurePort: entryPoints.webSecure,
    sniStrict: settings.letsEncrypt.email !== null && !needsDefaultCertificate(routing),
    dnsDockerfile,
  };
}

/** Traefik leaves the header out when it is to last no time, which is what makes browsers forget an earlier one. */
function hstsOf({ hsts }: Settings): Record<string, unknown> | null {
  if (hsts === null) return null;
  if (hsts.maxAge === 0) return { customResponseHeaders: { 'Strict-Transport-Security': 'max-age=0' } };
  return {
    stsSeconds: hsts.maxAge,
    ...(hsts.includeSubDomains && { stsIncludeSubdomains: true }),
    ...(hsts.preload && { stsPreload: true }),
  };
}

/**
 * Does a router terminate TLS without a resolver, as for names that no authority certifies (`app.localhost`)? It is
 * served with Traefik's own certificate, which belongs to no name, so `sniStrict` would refuse its clients.
 */
function needsDefaultCertificate(routing: WorkspaceRouting): boolean {
  const routers = routing.projects.flatMap(({ routes }) =>
    routes.flatMap((route) => Object.values(route.routers)),
  );
  return routers.some(({ tls }) => tls !== undefined && !tls.passthrough && tls.certResolver === undefined);
}

/** A version is a tag, or a whole image reference for those who keep a registry of their own. */
function imageOf(repository: string, version: string): string {
  if (version.includes('/')) return version;
  return version.startsWith('sha256:') ? `${repository}@${version}` : `${repository}:${version}`;
}
