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
