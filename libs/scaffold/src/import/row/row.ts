import type { RouterKind } from '@itsup/config';
import { splitName } from '@itsup/traefik';
import type { Definition } from './traefik-labels';
import type { EntryPointUse } from './entry-points';

/** A row as it is written into ingress.yml, its keys in the order of the documentation; defaults are left out. */
export interface IngressRowText {
  service: string;
  router?: 'tcp' | 'udp';
  domain?: string;
  tls?: { main?: string; sans?: string[]; resolver?: string };
  rule?: string;
  path_prefix?: string;
  path_remove?: true;
  port: number;
  hostport?: number;
  passthrough?: true;
  proxyprotocol?: 1 | 2 | null;
  scheme?: 'https' | 'h2c';
  sticky?: true;
  redirect_from?: string[];
  redirect_to?: string;
  basic_auth?: string;
  compress?: true;
  rate_limit?: { average: number; burst?: number; period?: string };
  middleware?: string[];
  allow_source_ips?: string[];
  allow_encoded_slashes?: boolean;
  headers?: { request?: Record<string, string>; response?: Record<string, string> };
  priority?: number;
}

/** What became of one router. */
export type Outcome =
  | {
      kind: 'row';
      row: IngressRowText;
      /** The Traefik service that the row stands for; null: labels define none. */
      service: Definition | null;
      /** Middlewares that the row names and whose labels stay. */
      named: Definition[];
      notes: string[];
      /** It was served without TLS. */
      plain: boolean;
    }
  /** A redirect to HTTPS, which every row has here. */
  | { kind: 'redirect' }
  /** A page of the old Traefik itself. Here the label would open those of this workspace's. */
  | { kind: 'internal' }
  | { kind: 'kept'; reason: string };

/** What turning a router into a row needs besides the router. */
export interface ImportContext {
  services: readonly Definition[];
  middlewares: readonly Definition[];
  /** Names of the certificate resolvers that this workspace has. */
  resolvers: ReadonlySet<string>;
  useOf(entryPoint: string): EntryPointUse;
  /** Ports of a container that the Compose file mentions, for a service whose labels name none. */
  portsOf(container: string): readonly number[];
}

/** Ends the way of a router to a row; caught where routers are turned into outcomes. */
export class CannotSay extends Error {
  override readonly name = 'CannotSay';
}

/** The one Traefik service that a router leads to, and its port; null: labels define none. */
export function targetOf(
  router: Definition,
  context: ImportContext,
  notes: string[],
): { service: Definition | null; port: number } {
  const wanted = router.fields.get('service');
  const { name, provider } = splitName(wanted ?? '');
  if ((provider ?? 'docker') !== 'docker')
    throw new CannotSay(`it leads to ${wanted}, which is no container of this file`);
  const own = context.services.filter(
    (each) => each.kind === router.kind && each.container === router.container,
  );
  const service = wanted === undefined ? own[0] : own.find((each) => same(each.name, name));
  if (wanted === undefined && own.length > 1) {
    throw new CannotSay('its container has several services, and it names none');
  }
  if (service === undefined && wanted !== undefined) {
    throw new CannotSay(`it leads to the service ${wanted}, which its container does not have`);
  }
  const written = service?.fields.get('loadbalancer.server.port');
  const port = written === undefined ? context.portsOf(router.container)[0] : Number(written);
  if (port === undefined) {
    throw new CannotSay(
      'neither a label nor the Compose file says on which port it listens; with `…loadbalancer.server.port` it can be a row',
    );
  }
  if (written === undefined) notes.push(`port ${port} is what the Compose file mentions; no label names one`);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new CannotSay(`${written} is not a port`);
  return { service: service ?? null, port };
}

/** Stops at the first field of a definition that a row has no word for. */
export function onlyFields(definition: Definition | null, known: RegExp): void {
  for (const [field, value] of definition?.fields ?? []) {
    if (!known.test(field)) {
      throw new CannotSay(`ingress.yml has no word for \`${field}=${value}\``);
    }
  }
}

/** Names of routers, services and middlewares have no case in labels. */
export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The certificate resolver of a router as a row names it: not at all where it is the default one, or unknown here. */
export function resolverOf(
  router: Definition,
  { resolvers }: ImportContext,
  notes: string[],
): string | undefined {
  const name = router.fields.get('tls.certresolver');
  if (name === undefined || name === '' || name === 'letsencrypt') return undefined;
  if (resolvers.has(name)) return name;
  notes.push(
    `the certificate resolver ${name} is none of this workspace, so letsencrypt is taken (letsencrypt.resolvers in projects/itsup.yml makes others)`,
  );
  return undefined;
}

/** Precedence of a router, where it was written. */
export function priorityOf(router: Definition): number | undefined {
  const text = router.fields.get('priority');
  if (text === undefined || text === '0') return undefined;
  const priority = Number(text);
  if (!Number.isInteger(priority) || priority < 1 || priority > 1_000_000_000) {
    throw new CannotSay(`\`priority=${text}\` is out of the range of a row`);
  }
  return priority;
}

/** Whether a router terminates or passes TLS. */
export function hasTls(router: Definition): boolean {
  const written = router.fields.get('tls')?.toLowerCase();
  if (written !== undefined) return written === 'true' || written === '';
  return [...router.fields.keys()].some((field) => field.startsWith('tls.'));
}

/** A row without the keys that say nothing. */
export function tidyRow(row: { [K in keyof IngressRowText]: IngressRowText[K] | undefined }): IngressRowText {
  const tidy = { ...row };
  for (const [key, value] of Object.entries(row)) if (value === undefined) Reflect.deleteProperty(tidy, key);
  return tidy as IngressRowText;
}

/** `http` routers and middlewares have the same words as `tcp` ones, not the same names. */
export function ofKind(definitions: readonly Definition[], kind: RouterKind): Definition[] {
  return definitions.filter((each) => each.kind === kind);
}
