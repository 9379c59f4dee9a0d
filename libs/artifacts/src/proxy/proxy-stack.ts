import { createHash } from 'node:crypto';
import { compareText, DEFAULT_RATE_LIMIT, type InternalPorts, type Settings } from '@itsup/config';
import { dashboardOf, HONEYPOT_IMAGE, proxyImages, proxynetOf } from '@itsup/routing';
import { acmeResolvers } from '@itsup/traefik';
import { parse } from 'yaml';
import { crowdsecPlugin, hasLocalPlugin, type KeptPlugin } from './crowdsec-plugin';
import { entryPointsIn } from './entry-points';
import type { Templates } from '../files/templates';

/** What the AppSec component and the parser of Traefik's access log need, whatever else the operator lists. */
const COLLECTIONS = [
  'crowdsecurity/traefik',
  'crowdsecurity/appsec-virtual-patching',
  'crowdsecurity/appsec-generic-rules',
];

/**
 * User and group id of Traefik: of no account that distributions or hosts give out. The group opens the socket of the
 * socket proxy, also where Traefik runs as root.
 */
export const TRAEFIK_ID = 7411;

/** Where the container's health check has Traefik begin a new access log; the one before is kept. */
const ACCESS_LOG_BYTES = 64 * 1024 * 1024;

/** What the templates of the proxy's Compose file and middlewares see. */
export interface ProxyStack {
  images: { traefik: string; dockerproxy: string; dns: string; checkedDns: string; crowdsec: string };
  /** `uid:gid`; null: root, for a port below 1024. */
  traefikUser: string | null;
  traefikGroup: number;
  internalPorts: InternalPorts;
  dns: { address: string } | null;
  /** Traefik is in no network of the host's, and these ports lead to it; null: it is in the host's network. */
  swarm: { ports: string[] } | null;
  crowdsec: {
    plugin: KeptPlugin | null;
    collections: string[];
    clientTrustedIps: string[];
    logLimit: number;
  } | null;
  /** Traefik asks an authority, and may need credentials for that. */
  hasResolvers: boolean;
  /** Plugins that Traefik loads from disk. */
  localPlugins: boolean;
  dashboard: { host: string; users: string[] } | null;
  trustedIps: string[];
  /** Fields of Traefik's headers middleware. */
  defaultHeaders: Record<string, unknown>;
  rateLimit: { average: number; burst: number };
  webPort: number;
  webSecurePort: number;
  /** The honeypot's image. */
  dnsDockerfile: string;
}

/**
 * Everything in the proxy's Compose file and middlewares that depends on settings.
 * @param configuration Traefik's static configuration, the operator's part included
 */
export function proxyStack(settings: Settings, templates: Templates, configuration: string): ProxyStack {
  const { crowdsec, entryPoints } = settings;
  const images = proxyImages(settings);
  const { dockerproxy, dns } = images;
  const dnsDockerfile = templates.render('proxy/dns.Dockerfile', { images: { dockerproxy, dns } });
  return {
    images: {
      ...images,
      // Named after what it is built from, so that another version is another image, which Compose then builds.
      checkedDns: `${HONEYPOT_IMAGE}:${createHash('sha256').update(dnsDockerfile).digest('hex').slice(0, 12)}`,
    },
    traefikUser: hasPrivilegedPort(configuration) ? null : `${TRAEFIK_ID}:${TRAEFIK_ID}`,
    traefikGroup: TRAEFIK_ID,
    internalPorts: settings.internalPorts,
    swarm: settings.engine === 'swarm' ? { ports: publishedPorts(configuration, settings) } : null,
    dns: settings.dns.enabled ? { address: proxynetOf(settings).dns } : null,
    crowdsec: crowdsec.enabled
      ? {
          plugin: crowdsecPlugin(settings),
          collections: [...new Set([...COLLECTIONS, ...crowdsec.collections])],
          clientTrustedIps: crowdsec.clientTrustedIps,
          logLimit: ACCESS_LOG_BYTES,
        }
      : null,
    hasResolvers: acmeResolvers(parse(configuration, { merge: true }) as Record<string, unknown>).length > 0,
    localPlugins: settings.trustedIps.length > 0 || hasLocalPlugin(settings),
    dashboard: dashboardOf(settings),
    trustedIps: settings.trustedIps,
    defaultHeaders: defaultHeadersOf(settings),
    rateLimit: settings.rateLimit ?? DEFAULT_RATE_LIMIT,
    webPort: entryPoints.web,
    webSecurePort: entryPoints.webSecure,
    dnsDockerfile,
  };
}

/** Ports of the host that lead to Traefik's entry points; sorted. */
function publishedPorts(configuration: string, { internalPorts }: Settings): string[] {
  const ports = entryPointsIn(configuration).flatMap(({ name, address, hasHttp3 }) => {
    const [, port, protocol] = /:(\d+)(?:\/(tcp|udp))?$/i.exec(address ?? '') ?? [];
    if (port === undefined || name.toLowerCase() === 'traefik') return [];
    const isUdp = protocol?.toLowerCase() === 'udp';
    const own = `${port}:${port}${isUdp ? '/udp' : ''}`;
    return hasHttp3 ? [own, `${port}:${port}/udp`] : [own];
  });
  const api = internalPorts.traefik;
  return [...new Set([...ports, `127.0.0.1:${api}:${api}`])].sort((a, b) => compareText(a, b));
}

/** Answers' headers that Traefik's middleware has fields for. */
const HEADER_FIELDS: Record<string, { field: string; standard: string | boolean }> = {
  'x-content-type-options': { field: 'contentTypeNosniff', standard: true },
  'x-frame-options': { field: 'customFrameOptionsValue', standard: 'SAMEORIGIN' },
  'referrer-policy': { field: 'referrerPolicy', standard: 'strict-origin-when-cross-origin' },
};

/** The headers of every HTTPS answer: the defaults, without or over which the settings say something. */
function defaultHeadersOf(settings: Settings): Record<string, unknown> {
  const said = Object.entries(settings.headers);
  const isSaid = (name: string): boolean => said.some(([key]) => key.toLowerCase() === name);
  const standard = Object.entries(HEADER_FIELDS).filter(([name]) => !isSaid(name));
  // What is merely left out is for a service or a row to say; any other header is taken away.
  const custom = said.filter(([name, value]) => value !== '' || !(name.toLowerCase() in HEADER_FIELDS));
  const { customResponseHeaders, ...hsts } = hstsOf(settings);
  const responses = { ...customResponseHeaders, ...Object.fromEntries(custom) };
  return {
    ...Object.fromEntries(standard.map(([, { field, standard: value }]) => [field, value])),
    ...hsts,
    ...(Object.keys(responses).length > 0 ? { customResponseHeaders: responses } : {}),
  };
}

/** Traefik leaves the header out when it is to last no time, which is what makes browsers forget an earlier one. */
function hstsOf({ hsts }: Settings): {
  customResponseHeaders?: Record<string, string>;
  [field: string]: unknown;
} {
  if (hsts === null) return {};
  if (hsts.maxAge === 0) return { customResponseHeaders: { 'Strict-Transport-Security': 'max-age=0' } };
  return {
    stsSeconds: hsts.maxAge,
    ...(hsts.includeSubDomains && { stsIncludeSubdomains: true }),
    ...(hsts.preload && { stsPreload: true }),
  };
}

/**
 * Does an entry point need a port that is root's? No capability gives one to another user: Docker's `cap_add` reaches
 * root alone, and in the host's network `ip_unprivileged_port_start` cannot be set.
 */
function hasPrivilegedPort(configuration: string): boolean {
  return entryPointsIn(configuration).some(({ address }) => {
    const port = /:(\d+)(?:\/\w+)?$/.exec(address ?? '')?.[1];
    return port !== undefined && Number(port) < 1024;
  });
}
