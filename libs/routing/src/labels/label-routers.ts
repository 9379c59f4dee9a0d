import {
  interpolate,
  isInterpolated,
  type Lookup,
  type Place,
  type Project,
  type RouterKind,
  type ServiceFacts,
} from '@itsup/config';
import { booleanIn, enabledByLabels, labelFields, listOf, type LabelField } from '@itsup/traefik';
import type { ProjectRouting, TraefikRouter } from '../model';
import { collect } from '../names/order';
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
  /** Its rule holds a variable whose value only a deploy knows. */
  isOpen: boolean;
  /** It does nothing but send plain HTTP to HTTPS, to the same host. */
  redirects: boolean;
}

/**
 * The routers of a project's containers as Traefik reads them: from what the artifact adds and from what the operator
 * wrote, who wins key by key and may define routers of their own. A service that is not enabled has none.
 *
 * @param isExposed Traefik reads what no label enables (`exposedByDefault`)
 * @param lookup values of variables; without it their defaults count, and what has none stays as it is written
 */
export function labelRouters(
  project: Project,
  routing: ProjectRouting,
  isExposed: boolean,
  lookup?: Lookup,
): LabelRouter[] {
  return (project.compose?.services ?? []).flatMap((service) => {
    const added = routing.additions.find((each) => each.service === service.name)?.labels ?? {};
    const written = writtenLabels(service, lookup);
    return routersOf(
      { ...added, ...written.labels },
      written,
      service.name,
      (label) => service.labelPlaces?.[label] ?? service.place,
      isExposed,
    );
  });
}

/** The same of the labels that a container has, or had, whoever wrote them. */
export function routersInLabels(
  service: string,
  labels: Readonly<Record<string, string>>,
  isExposed: boolean,
): LabelRouter[] {
  return routersOf(labels, NOTHING_WRITTEN, service, () => null, isExposed);
}

/** The operator's labels of one service. */
export interface WrittenLabels {
  labels: Record<string, string>;
  /** Names of those whose value holds a variable that is not known; the text with the variable stands for it. */
  open: ReadonlySet<string>;
  /** Names of those that hold a variable, known or not. */
  variable: ReadonlySet<string>;
}

const NOTHING_WRITTEN: WrittenLabels = { labels: {}, open: new Set(), variable: new Set() };

/**
 * The operator's labels with the variables put in; `$$` is how Compose writes a `$`. In a list a variable may stand in
 * the name too, and hold all of the label.
 */
export function writtenLabels(
  service: Pick<ServiceFacts, 'labels'>,
  lookup: Lookup = () => undefined,
): WrittenLabels {
  const labels: Record<string, string> = {};
  const open = new Set<string>();
  const variable = new Set<string>();
  for (const [key, value] of Object.entries(service.labels)) {
    const text = key.includes('$') && value !== '' ? `${key}=${value}` : key.includes('$') ? key : value;
    const filled = text.includes('$') ? interpolate(text, lookup) : text;
    const known = filled ?? text.replaceAll('$$', '$');
    const equals = known.indexOf('=');
    const [name, content] = !key.includes('$')
      ? [key, known]
      : equals === -1
        ? [known, '']
        : [known.slice(0, equals), known.slice(equals + 1)];
    labels[name] = content;
    if (filled === null) open.add(name);
    else open.delete(name);
    if (isInterpolated(text)) variable.add(name);
    else variable.delete(name);
  }
  return { labels, open, variable };
}

/** Whether the operator wrote labels that Traefik reads, or may read once a variable in their name has its value. */
export function hasWrittenLabels({ labels }: Pick<ServiceFacts, 'labels'>): boolean {
  for (const key in labels)
    if (key.startsWith('$') || key.slice(0, 8).toLowerCase() === 'traefik.') return true;
  return false;
}

/**
 * Whether the operator's own labels let Traefik read a service, or keep it away.
 * @returns null: they do not say it; 'open': only a deploy knows
 */
export function enabledByOperator(service: Pick<ServiceFacts, 'labels'>): boolean | 'open' | null {
  const { labels, open } = writtenLabels(service);
  const isOpen = [...open].some((label) => label.toLowerCase() === 'traefik.enable');
  return isOpen ? 'open' : enabledByLabels(labels);
}

function routersOf(
  labels: Readonly<Record<string, string>>,
  own: WrittenLabels,
  service: string,
  placeOf: (label: string) => Place | null,
  isExposed: boolean,
): LabelRouter[] {
  if (!(enabledByLabels(labels) ?? isExposed)) return [];
  const fields = labelFields(labels);
  const byRouter = new Map<string, LabelField[]>();
  const services: Record<string, Set<string>> = {};
  for (const field of fields) {
    if (field.kind === 'services') (services[field.protocol] ??= new Set()).add(field.name);
    if (field.kind !== 'routers') continue;
    collect(byRouter, `${field.protocol} ${field.name}`, field);
  }
  const redirecting = redirectNames(fields);
  return [...byRouter.values()].map((parts) => {
    const [{ name, protocol: kind }] = parts as [LabelField, ...LabelField[]];
    const values = new Map(parts.map(({ field, value }) => [field, value]));
    // Traefik links a router to the container's service when there is only one.
    const known = [...(services[kind] ?? [])];
    const target = values.get('service') ?? (known.length === 1 ? known[0] : undefined) ?? '';
    const router = routerOf(values, target);
    const written = parts.filter(({ label }) => Object.hasOwn(own.labels, label));
    const telling = written.find(({ field }) => field === 'rule') ?? written[0];
    return {
      name,
      kind,
      router,
      service,
      isWritten: written.length > 0,
      place: telling === undefined ? null : placeOf(telling.label),
      isOpen: parts.some(({ field, label }) => field === 'rule' && own.open.has(label)),
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
  const options = values.get('tls.options');
  return {
    ...(certResolver ? { certResolver } : {}),
    ...(options ? { options } : {}),
    ...(booleanIn(values.get('tls.passthrough') ?? '') === true ? { passthrough: true } : {}),
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
