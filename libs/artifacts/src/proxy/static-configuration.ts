import { compareText, type InternalPorts, type Settings } from '@itsup/config';
import {
  answersChallenges,
  defaultResolver,
  entryPointMiddlewares,
  middlewareNames,
  overriddenMiddlewares,
  type EntryPoint,
  type WorkspaceRouting,
} from '@itsup/routing';

import { LETS_ENCRYPT_STAGING, qualified } from '@itsup/traefik';

import { crowdsecPlugin } from './crowdsec-plugin';

/** Where Traefik finds what its authority is checked by; a deploy publishes it. */
export const AUTHORITY_FILE = '/etc/traefik/authority.pem';

/** An entry point as the template prints it. */
export interface RenderedEntryPoint extends EntryPoint {
  /** Routers that name no entry point use it. */
  asDefault: boolean;
  /** Routers of projects may take `/.well-known/acme-challenge/` from Traefik's own. */
  allowAcmeByPass: boolean;
  /** Middlewares of every HTTP request on it. */
  middlewares: string[];
  /** The middleware that knows the client writes X-Forwarded-For, so Traefik adds nothing to it. */
  clientIsKnown: boolean;
}

/** What the template of Traefik's static configuration sees. */
export interface StaticConfiguration {
  entryPoints: RenderedEntryPoint[];
  trustedIps: string[];
  /** Certificate resolvers, the default first; empty without an e-mail. */
  resolvers: { name: string; acme: Record<string, unknown> }[];
  /** null: off. `plugin` is its module, kept by the deploy; null: the operator brings it from disk. */
  crowdsec: { plugin: string | null } | null;
  internalPorts: InternalPorts;
  /** Traefik asks a swarm for services, and has networks of its own. */
  swarm: boolean;
}

/** Everything in Traefik's static file that depends on settings and routes. */
export function staticConfiguration(settings: Settings, routing: WorkspaceRouting): StaticConfiguration {
  const { web, webSecure } = settings.entryPoints;
  const middlewares = entryPointMiddlewares(settings);
  const points: Omit<RenderedEntryPoint, 'clientIsKnown'>[] = [
    {
      ...{ name: 'web', port: web, protocol: 'tcp', kind: 'http', asDefault: false },
      allowAcmeByPass: answersChallenges(routing),
      middlewares: middlewares.plain,
    },
    {
      ...{ name: 'web-secure', port: webSecure, protocol: 'tcp', kind: 'http', asDefault: true },
      allowAcmeByPass: false,
      middlewares: middlewares.open,
    },
    ...routing.entryPoints.map((entryPoint) => ({
      ...entryPoint,
      asDefault: false,
      allowAcmeByPass: false,
      middlewares: entryPoint.kind === 'http' ? middlewares.open : [],
    })),
  ];
  return {
    entryPoints: points.map((point) => ({
      ...point,
      clientIsKnown: (overriddenMiddlewares(settings, point.name) ?? point.middlewares).includes(
        qualified(middlewareNames.clientAddress, 'file'),
      ),
    })),
    trustedIps: settings.trustedIps,
    resolvers: resolversOf(settings),
    crowdsec: settings.crowdsec.enabled ? { plugin: crowdsecPlugin(settings)?.module ?? null } : null,
    internalPorts: settings.internalPorts,
    swarm: settings.engine === 'swarm',
  };
}

/** Where Traefik keeps certificates: the one file of its container that deploys look after. */
export const ACME_STORE = '/acme/acme.json';

function resolversOf({ letsEncrypt }: Settings): StaticConfiguration['resolvers'] {
  const { email, staging, caServer, caCertificates, resolvers } = letsEncrypt;
  const directory = caServer ?? (staging ? LETS_ENCRYPT_STAGING : null);
  if (email === null) return [];
  const common = {
    email,
    storage: ACME_STORE,
    ...(directory !== null && { caServer: directory }),
    ...(caCertificates !== null && { caCertificates: [AUTHORITY_FILE] }),
  };
  return [
    { name: defaultResolver, acme: { ...common, httpChallenge: { entryPoint: 'web' } } },
    ...Object.entries(resolvers)
      .filter(([name]) => name !== defaultResolver)
      .sort(([a], [b]) => compareText(a, b))
      .map(([name, { dnsChallenge }]) => ({ name, acme: { ...common, dnsChallenge } })),
  ];
}
