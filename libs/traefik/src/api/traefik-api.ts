import { canonicalName } from '../acme/names';
import { issuerName } from '../acme/store';
import { apiOfSwarm } from '../check/of-swarm';
import { treeOf } from '../fields';

type Protocol = 'http' | 'tcp' | 'udp';

/**
 * GET of Traefik's API and of a routed port; rejects on a refused connection, with NoAnswer when the time is up, and
 * for an answer that is larger than any that Traefik gives.
 */
export type HttpGet = (
  url: string,
  options: {
    /** For all of it, however lively the answer is. */
    timeoutMs: number;
    headers?: Record<string, string>;
    /** Resolves at the head of the response, with an empty body: a page may stream without an end. */
    headOnly?: boolean;
  },
) => Promise<{ status: number; body: string }>;

/** A router, service or middleware as the API shows it: the configuration of the generation that is being served. */
export interface ServedObject {
  /** `enabled`, `warning` (serves, with a complaint) or `disabled`. */
  status: string;
  /** Why it is not enabled. */
  errors: string[];
  /** Fields of the dynamic configuration. */
  definition: Record<string, unknown>;
}

export type ServedSection = Record<'routers' | 'services' | 'middlewares', Map<string, ServedObject>>;

/** Everything one Traefik serves, by provider-qualified name. */
export type ServedConfiguration = Record<Protocol, ServedSection>;

/** A certificate that an instance serves. */
export interface ServedCertificate {
  /** SHA-256 of the certificate, hexadecimal. */
  fingerprint: string;
  /** Lower case. */
  names: string[];
  issuer: string;
  /** Milliseconds since the epoch, as `expires`. */
  begins: number;
  expires: number;
}

/** One Traefik instance's API, on its loopback entry point. Every method rejects when it cannot be reached. */
export interface TraefikApi {
  readonly address: string;
  /** Whether the instance serves a middleware of this name; the cheapest question there is. */
  hasHttpMiddleware(qualifiedName: string): Promise<boolean>;
  rawData(): Promise<ServedConfiguration>;
  /** Whether some router is refused; a small question, however much it serves. */
  refusesRouters(): Promise<boolean>;
  /** Names of its entry points. */
  entryPoints(): Promise<string[]>;
  /** The certificates that it serves, the one that it made itself left out. */
  certificates(): Promise<ServedCertificate[]>;
}

/** The API did not answer, or not as Traefik does. */
export class TraefikApiError extends Error {
  override readonly name: string = 'TraefikApiError';
}

/** It answers, and takes us for a stranger. */
export class TraefikApiRefusal extends TraefikApiError {
  override readonly name = 'TraefikApiRefusal';
}

/** Whom the API knows: a deploy. */
export const API_USER = 'itsup';

/** A busy host may take its time; whoever asks, asks again. */
const timeoutMs = 5000;

/**
 * @param address `http://127.0.0.1:26482`
 * @param secret what the API asks for (`apiSecretOf`); null: it is open, or not ours
 */
export function createTraefikApi(address: string, get: HttpGet, secret: string | null = null): TraefikApi {
  const headers =
    secret === null
      ? undefined
      : { authorization: `Basic ${Buffer.from(`${API_USER}:${secret}`).toString('base64')}` };
  const ask = async (path: string): Promise<{ status: number; body: string }> => {
    try {
      const answer = await get(`${address}${path}`, { timeoutMs, ...(headers && { headers }) });
      if (answer.status === 401)
        throw new TraefikApiRefusal(
          `Traefik's API at ${address} does not take this state folder's secret; restart it: nx restart proxy`,
        );
      return answer;
    } catch (error) {
      if (error instanceof TraefikApiRefusal) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new TraefikApiError(`Traefik's API at ${address} does not answer: ${reason}`);
    }
  };
  const json = async (path: string): Promise<unknown> => {
    const { status, body } = await ask(path);
    if (status !== 200) throw new TraefikApiError(`Traefik's API at ${address}${path} answered ${status}`);
    return JSON.parse(apiOfSwarm(body));
  };
  return {
    address,
    hasHttpMiddleware: async (name) => {
      const path = `/api/http/middlewares/${encodeURIComponent(name)}`;
      const { status } = await ask(path);
      if (status !== 200 && status !== 404)
        throw new TraefikApiError(`Traefik's API at ${address}${path} answered ${status}`);
      return status === 200;
    },
    rawData: async () => servedConfiguration(await json('/api/rawdata')),
    refusesRouters: async () => refusesRouters(await json('/api/overview')),
    entryPoints: async () => names(await json('/api/entrypoints')),
    certificates: async () => servedCertificates(await json('/api/certificates?per_page=100000')),
  };
}

/**
 * `GET /api/rawdata`, whose keys are `routers`, `services`, `middlewares` and the same with `tcp` and `udp` in front.
 */
export function servedConfiguration(rawData: unknown): ServedConfiguration {
  const data = treeOf(rawData);
  const section = (prefix: string): ServedSection => ({
    routers: servedObjects(data[keyOf(prefix, 'routers')]),
    services: servedObjects(data[keyOf(prefix, 'services')]),
    middlewares: servedObjects(data[keyOf(prefix, 'middlewares')]),
  });
  return { http: section(''), tcp: section('tcp'), udp: section('udp') };
}

/** `GET /api/overview`: totals by section and kind. */
function refusesRouters(overview: unknown): boolean {
  return ['http', 'tcp', 'udp'].some((section) => {
    const { errors } = treeOf(treeOf(treeOf(overview)[section])['routers']);
    return typeof errors === 'number' && errors > 0;
  });
}

function names(list: unknown): string[] {
  return (Array.isArray(list) ? list : []).map((item) => String(treeOf(item)['name'])).sort();
}

/** `GET /api/certificates`; the subject's name counts where there are no others, as for Traefik. */
function servedCertificates(list: unknown): ServedCertificate[] {
  return (Array.isArray(list) ? list : []).map((item) => {
    const certificate = treeOf(item);
    const text = (key: string): string => String(certificate[key] ?? '');
    const { sans } = certificate;
    const named = [text('commonName'), ...(Array.isArray(sans) ? sans.map(String) : [])];
    return {
      fingerprint: text('name'),
      names: [...new Set(named.map(canonicalName))].filter((name) => name !== ''),
      issuer: issuerName(`O=${text('issuerOrg')}\nCN=${text('issuerCN')}`),
      begins: Date.parse(text('notBefore')),
      expires: Date.parse(text('notAfter')),
    };
  });
}

function keyOf(prefix: string, kind: string): string {
  return prefix === '' ? kind : `${prefix}${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
}

function servedObjects(value: unknown): Map<string, ServedObject> {
  return new Map(
    Object.entries(treeOf(value)).map(([name, raw]) => {
      const { status, error, ...definition } = treeOf(raw);
      const errors = Array.isArray(error) ? error.map(String) : [];
      return [name, { status: typeof status === 'string' ? status : 'enabled', errors, definition }];
    }),
  );
}
