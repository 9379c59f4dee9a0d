import {
  interpolate,
  type Lookup,
  type Place,
  type Project,
  type RouterKind,
  type ServiceFacts,
} from '@itsup/config';
import { labelFields, listOf, type LabelField } from '@itsup/traefik';
import type { ProjectRouting, TraefikRouter } from '../model';
import { isRedirect, redirectNames } from './redirects';

/** A router that labels of a container define. */
export interface LabelRouter {
  name: string;
  kind: RouterKind;
  /** Without entry points Traefik uses its default ones. */
  router: TraefikRouter;
  /** Compose service of the container. */
  service: string;
  /** Some of it is the operator's own. */
  isWritten: boolean;
  /** Of the operator's rule, else of another label of the operator's; null: all of it is the artifact's. */
  place: Place | null;
  /** It does nothing but send plain HTTP to HTTPS, to the same host. */
  redirects: boolean;
}

/**
 * The routers of a project's containers as Traefik reads them: from what the artifact adds and from what the operator
 * wrote, who wins key by key and may define routers of their own. A service that is not enabled has none.
 *
 * @param lookup values of variables; without it their defaults count, and what has none stays as it is written
 */
export function labelRouters(project: Project, routing: ProjectRouting, lookup?: Lookup): LabelRouter[] {
  return (project.compose?.services ?? []).flatMap((service) => {
    const added = routing.additions.find((each) => each.service === service.name)?.labels ?? {};
    const own = writtenLabels(service, lookup);
    return routersOf(
      { ...added, ...own },
      own,
      service.name,
      (label) => service.labelPlaces?.[label] ?? service.place,
    );
  });
}

/** The same of the labels that a container has, or had, whoever wrote them. */
export function routersInLabels(service: string, labels: Readonly<Record<string, string>>): LabelRouter[] {
  return routersOf(labels, {}, service, () => null);
}

/**
 * The operator's labels with the variables put in; `$$` is how Compose writes a `$`. In a list a variable may stand in
 * the name too, and hold all of the label.
 */
export function writtenLabels(
  service: Pick<ServiceFacts, 'labels'>,
  lookup: Lookup = () => undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(service.labels).map(([key, value]) =>
      key.includes('$') ? withVariableName(key, value, lookup) : [key, withVariables(value, lookup)],
    ),
  );
}

function withVariables(text: string, lookup: Lookup): string {
  return text.includes('$') ? (interpolate(text, lookup) ?? text.replaceAll('$$', '$')) : text;
}

function withVariableName(key: string, value: string, lookup: Lookup): [string, string] {
  const label = withVariables(value === '' ? key : `${key}=${value}`, lookup);
  const equals = label.indexOf('=');
  return equals === -1 ? [label, ''] : [label.slice(0, equals), label.slice(equals + 1)];
}

/** Whether the operator wrote labels that Traefik reads, or may read once a variable in their name has its value. */
export function hasWrittenLabels({ labels }: Pick<ServiceFacts, 'labels'>): boolean {
  for (const key in labels)
    if (key.startsWith('$') || key.slice(0, 8).toLowerCase() === 'traefik.') return true;
  return false;
}

/** Does the operator's own label keep a service away from Traefik? */
export function disabledByLabel(project: Project, service: string): boolean {
  const labels = project.compose?.services.find(({ name }) => name === service)?.labels ?? {};
  const enable = valueOf(labels, 'traefik.enable');
  return enable !== undefined && enable.toLowerCase() !== 'true';
}

function routersOf(
  labels: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string>>,
  service: string,
  placeOf: (label: string) => Place | null,
): LabelRouter[] {
  if (valueOf(labels, 'traefik.enable')?.toLowerCase() !== 'true') return [];
  const fields = labelFields(labels);
  const byRouter = new Map<string, LabelField[]>();
  const services: Record<string, Set<string>> = {};
  for (const field of fields) {
    if (field.kind === 'services') (services[field.protocol] ??= new Set()).add(field.name);
    if (field.kind !== 'routers') continue;
    const id = `${field.protocol} ${field.name}`;
    byRouter.set(id, [...(byRouter.get(id) ?? []), field]);
  }
  const redirecting = redirectNames(fields);
  return [...byRouter.values()].map((parts) => {
    const [{ name, protocol: kind }] = parts as [LabelField, ...LabelField[]];
    const values = new Map(parts.map(({ field, value }) => [field, value]));
    // Traefik links a router to the container's service when there is only one.
    const known = [...(services[kind] ?? [])];
    const target = values.get('service') ?? (known.length === 1 ? known[0] : undefined) ?? '';
    const router = routerOf(values, target);
    const written = parts.filter(({ label }) => Object.hasOwn(own, label));
    const telling = written.find(({ field }) => field === 'rule') ?? written[0];
    return {
      name,
      kind,
      router,
      service,
      isWritten: written.length > 0,
      place: telling === undefined ? null : placeOf(telling.label),
      redirects: isRedirect(router, redirecting),
    };
  });
}

function routerOf(values: ReadonlyMap<string, string>, service: string): TraefikRouter {
  const rule = values.get('rule');
  const middlewares = listOf(values.get('middlewares'));
  const priority = Number(values.get('priority') ?? 0);
  const tls = tlsOf(values);
  return {
    ...(rule === undefined ? {} : { rule }),
    entryPoints: listOf(values.get('entrypoints')),
    service,
    ...(middlewares.length > 0 ? { middlewares } : {}),
    ...(priority !== 0 && Number.isFinite(priority) ? { priority } : {}),
    ...(tls ? { tls } : {}),
  };
}

function tlsOf(values: ReadonlyMap<string, string>): TraefikRouter['tls'] | null {
  const more = [...values.keys()].some((key) => key.startsWith('tls.'));
  if (!/^(true)?$/i.test(values.get('tls') ?? (more ? '' : 'false'))) return null;
  const certResolver = values.get('tls.certresolver');
  const domains = tlsDomains(values);
  return {
    ...(certResolver ? { certResolver } : {}),
    ...(values.get('tls.passthrough')?.toLowerCase() === 'true' ? { passthrough: true } : {}),
    ...(domains.length > 0 ? { domains } : {}),
  };
}

/** `tls.domains[0].main`, `tls.domains[0].sans`: what a certificate is asked for instead of the rule's names. */
function tlsDomains(values: ReadonlyMap<string, string>): { main: string; sans?: string[] }[] {
  const domains = new Map<number, { main: string; sans?: string[] }>();
  for (const [field, value] of values) {
    const [, index, part] = /^tls\.domains\[(\d+)\]\.(main|sans)$/.exec(field) ?? [];
    if (index === undefined) continue;
    const domain = domains.get(Number(index)) ?? { main: '' };
    domains.set(Number(index), {
      ...domain,
      ...(part === 'main' ? { main: value } : { sans: listOf(value) }),
    });
  }
  return [...domains].sort(([a], [b]) => a - b).map(([, domain]) => domain);
}

function valueOf(labels: Readonly<Record<string, string>>, wanted: string): string | undefined {
  return Object.entries(labels).find(([key]) => key.toLowerCase() === wanted)?.[1];
}
