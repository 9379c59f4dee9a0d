import { nameOf, splitName, type Provider } from './names';
import type { ConfigurationNode, Span, Visit } from './tree';

export type Section = 'http' | 'tcp' | 'udp';

/** The kind of what is referred to: an object of the dynamic configuration, or one of the static one. */
export type ReferredKind =
  | `${Section}.${'services' | 'middlewares' | 'serversTransports' | 'routers'}`
  | 'tls.options'
  | 'resolver'
  | 'entryPoint';

/** A name that a piece of configuration gives for an object elsewhere. */
export interface Reference {
  kind: ReferredKind;
  /** As written. */
  name: string;
  path: string[];
  span: Span;
}

/** By struct and field, what the texts of the field name. */
const NAMING: Readonly<Record<string, ReferredKind>> = {
  'config.dynamic.Router.service': 'http.services',
  'config.dynamic.Router.middlewares': 'http.middlewares',
  'config.dynamic.Router.parentRefs': 'http.routers',
  'config.dynamic.Router.entryPoints': 'entryPoint',
  'config.dynamic.RouterTLSConfig.options': 'tls.options',
  'config.dynamic.RouterTLSConfig.certResolver': 'resolver',
  'config.dynamic.Service.middlewares': 'http.middlewares',
  'config.dynamic.ServersLoadBalancer.serversTransport': 'http.serversTransports',
  'config.dynamic.WRRService.name': 'http.services',
  'config.dynamic.HRWService.name': 'http.services',
  'config.dynamic.Mirroring.service': 'http.services',
  'config.dynamic.MirrorService.name': 'http.services',
  'config.dynamic.Failover.service': 'http.services',
  'config.dynamic.Failover.fallback': 'http.services',
  'config.dynamic.Chain.middlewares': 'http.middlewares',
  'config.dynamic.ErrorPage.service': 'http.services',
  'config.dynamic.TCPRouter.service': 'tcp.services',
  'config.dynamic.TCPRouter.middlewares': 'tcp.middlewares',
  'config.dynamic.TCPRouter.entryPoints': 'entryPoint',
  'config.dynamic.RouterTCPTLSConfig.options': 'tls.options',
  'config.dynamic.RouterTCPTLSConfig.certResolver': 'resolver',
  'config.dynamic.TCPServersLoadBalancer.serversTransport': 'tcp.serversTransports',
  'config.dynamic.TCPWRRService.name': 'tcp.services',
  'config.dynamic.UDPRouter.service': 'udp.services',
  'config.dynamic.UDPRouter.entryPoints': 'entryPoint',
  'config.dynamic.UDPWRRService.name': 'udp.services',
  'config.static.HTTPConfig.middlewares': 'http.middlewares',
  'config.static.TLSConfig.options': 'tls.options',
  'config.static.TLSConfig.certResolver': 'resolver',
  'tls.GeneratedCert.resolver': 'resolver',
};

/** A visitor for `checkTypes` that collects the names of other objects. */
export function referenceVisitor(references: Reference[]): Visit {
  return (struct, field, node, path) => {
    const kind = NAMING[`${struct}.${field.name}`];
    if (kind === undefined) return;
    for (const { value, span } of namesOf(node, field.type.startsWith('[]'))) {
      if (value !== '') references.push({ kind, name: value, path, span });
    }
  };
}

function namesOf(node: ConfigurationNode, isList: boolean): { value: string; span: Span }[] {
  if (node.open) return [];
  if (node.items !== null) return isList ? node.items.filter(({ open }) => !open) : [];
  const texts = isList ? node.value.split(',').map((text) => text.trim()) : [node.value];
  return texts.map((value) => ({ value, span: node.span }));
}

/** A name that a piece of plain configuration gives for an object elsewhere. */
export interface Mention {
  /** What it is a name of: `services`, `middlewares`, `serversTransports`, `options`, `resolver`, `entryPoint`, … */
  kind: string;
  name: string;
  /** null: that of whoever names it. */
  provider: string | null;
}

/** By field, in lower case, what it names, whatever struct it stands in. */
const KIND_OF_FIELD: ReadonlyMap<string, string> = new Map(
  Object.entries(NAMING).map(([field, kind]) => [
    field.slice(field.lastIndexOf('.') + 1).toLowerCase(),
    kind.slice(kind.indexOf('.') + 1),
  ]),
);
/** A service in a list of services names itself so; elsewhere it is the name of a cookie or a header. */
const IN_LISTS = 'name';

/**
 * All that a value, as YAML is parsed, names elsewhere: a file, a section of one, an object. It knows no types, so it
 * finds the names in what a later Traefik has, too, and in a plugin's options what reads like one.
 */
export function mentionsIn(configuration: unknown): Mention[] {
  const found: Mention[] = [];
  const visit = (value: unknown, field: string, inList: boolean): void => {
    if (typeof value === 'string') {
      const kind = field === IN_LISTS && !inList ? undefined : KIND_OF_FIELD.get(field);
      if (kind !== undefined) found.push(...mentionsOf(value, kind));
    } else if (Array.isArray(value)) {
      for (const item of value) visit(item, field, true);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) visit(member, key.toLowerCase(), inList);
    }
  };
  visit(configuration, '', false);
  return found;
}

/**
 * Objects of one provider that a container's labels name. A label that is not known is read too: what ends with the
 * provider's name is one.
 */
export function mentionedInLabels(labels: Readonly<Record<string, string>>, provider: Provider): Set<string> {
  const names = new Set<string>();
  for (const [label, value] of Object.entries(labels)) {
    if (!label.toLowerCase().startsWith('traefik.')) continue;
    for (const text of value.split(',')) {
      const name = nameOf(text.trim(), provider);
      if (name !== null) names.add(name);
    }
  }
  return names;
}

/** Texts may hold several names with commas between. */
function mentionsOf(text: string, kind: string): Mention[] {
  return text
    .split(',')
    .map((part) => ({ kind, ...splitName(part.trim()) }))
    .filter(({ name }) => name !== '');
}

const KINDS = ['services', 'middlewares', 'serversTransports', 'routers'] as const;

/** Names of the objects that a piece of dynamic configuration defines, as `http.middlewares.auth`. */
export function definedNames(root: ConfigurationNode): Set<string> {
  const defined = new Set<string>();
  const each = (node: ConfigurationNode | undefined, found: (child: ConfigurationNode) => void): void => {
    for (const child of node?.children ?? []) found(child);
  };
  each(root, (section) => {
    const sectionName = section.name.toLowerCase();
    each(section, (kind) => {
      const name = [...KINDS, 'options'].find((known) => known.toLowerCase() === kind.name.toLowerCase());
      if (name !== undefined) each(kind, (object) => defined.add(`${sectionName}.${name}.${object.name}`));
    });
  });
  return defined;
}
