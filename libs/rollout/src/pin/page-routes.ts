import {
  isTree,
  listField,
  mentionsIn,
  nameOf,
  qualified,
  qualifiedBy,
  routerPriority,
  textField,
  withField,
  withoutField,
  type Provider,
  type Tree,
} from '@itsup/traefik';
import { createHash } from 'node:crypto';
import { stringify } from 'yaml';

import { optionsInFile } from '../provider/copied-names';
import { definitionsIn, madeOf } from '../provider/middlewares';
import type { Pin } from './pin';
import type { ProvidedSection } from '../provider/provided-configuration';
import type { DynamicConfiguration } from '../types';

export interface PageRoutesInput {
  project: string;
  /** Routers and middlewares that the labels of the project's containers define, whether these run or not. */
  provided: ProvidedSection;
  /** Middlewares that the labels of all other containers define; the project's own win. */
  elsewhere: Readonly<Record<string, Tree>>;
  /** What the files of Traefik's dynamic folder say. */
  published: DynamicConfiguration;
  /** Names of its routers there; those that lead to its containers need not be named. */
  routers: readonly string[];
  /** Traefik's name for the service that shows the page: `name@docker`. */
  service: string;
  /** Another one for every writing, as a pin's. */
  writing: string;
}

/** Above a route's own router, and above the pin that a deploy puts one above that. */
const ABOVE = 2;

/**
 * What of a route's middlewares applies to the page too: who may come at all, and where a name leads. All else
 * (log-ins, limits, error pages) asks, or belongs to, what is away.
 */
const KEPT = ['ipallowlist', 'ipwhitelist', 'redirectscheme', 'redirectregex'];

/**
 * Routes that lead all HTTP requests of a project to the page that says that it is away, whatever its labels, its
 * published routes and the pins of its deploys say. Each is a copy of a route with its rule, entry points and
 * certificate.
 */
export function renderPageRoutes(input: PageRoutesInput): Pin {
  const { project, provided, published, service } = input;
  const routers: Record<string, Tree> = {};
  const middlewares: Record<string, Tree> = {};
  const copyName = (name: string): string => `${name}~${project}~page`;
  const definitionOf = definitionsIn(
    { ...input.elsewhere, ...provided.middlewares },
    published.http?.middlewares,
  );
  const kept = (full: string): string[] =>
    [...madeOf(full, definitionOf)].flatMap(([name, definition]) => {
      if (!KEPT.includes(Object.keys(definition)[0]?.toLowerCase() ?? '')) return [];
      const own = nameOf(name, 'docker');
      if (own === null) return [name];
      middlewares[copyName(own)] = definition;
      return [copyName(own)];
    });
  const add = (name: string, router: Tree, provider: Provider): void => {
    const written = listField(router, 'middlewares').map((one) => qualifiedBy(one, provider));
    const behind = middlewaresOf(qualifiedBy(textField(router, 'service') ?? '', provider), input);
    const own = [...written, ...behind].flatMap(kept);
    let copy = withField(withoutField(router, 'middlewares'), 'service', service);
    if (own.length > 0) copy = withField(copy, 'middlewares', own);
    copy = optionsInFile(copy, provider);
    routers[copyName(name)] = withField(copy, 'priority', routerPriority('http', router) + ABOVE);
  };
  for (const [name, router] of Object.entries(provided.routers)) add(name, router, 'docker');
  for (const [name, router] of publishedRouters(input)) add(`${name}~file`, router, 'file');

  const digest = createHash('sha256')
    .update(JSON.stringify([input.writing, routers, middlewares]))
    .digest('hex')
    .slice(0, 16);
  const marker = `page-${project}-${digest}`;
  const http = {
    routers,
    middlewares: { ...middlewares, [marker]: { stripPrefix: { prefixes: [`/${digest}`] } } },
  };
  // Traefik runs every file through Go's template engine before it reads the YAML.
  const yaml = stringify({ http }, { aliasDuplicateObjects: false, lineWidth: 0 }).replaceAll(
    '{{',
    '{{"{{"}}',
  );
  return {
    text: `# The page that ${project} is away; itsup maintenance ${project} off removes it.\n${yaml}`,
    marker,
    routers: Object.keys(routers).map((name) => ({ protocol: 'http', name })),
  };
}

/** The full names of what requests pass at a service itself (Traefik 3.7), which the page is shown in place of. */
function middlewaresOf(service: string, { provided, published }: PageRoutesInput): string[] {
  const [ofLabels, ofFile] = [nameOf(service, 'docker'), nameOf(service, 'file')];
  if (ofLabels !== null)
    return (provided.services[ofLabels]?.middlewares ?? []).map((name) => qualifiedBy(name, 'docker'));
  const definition = ofFile === null ? undefined : published.http?.services?.[ofFile];
  return listField(definition, 'middlewares').map((name) => qualifiedBy(name, 'file'));
}

/**
 * Published routers that are the project's, or lead to its containers, be it by published services that are built on
 * them.
 */
function publishedRouters({ provided, published, routers }: PageRoutesInput): [string, Tree][] {
  const { http } = published;
  const targets = new Set(Object.keys(provided.services).map((name) => qualified(name, 'docker')));
  const services = Object.entries(http?.services ?? {});
  for (let known = -1; known < targets.size;) {
    known = targets.size;
    for (const [name, service] of services) {
      const isBuiltOnThem = mentionsIn(service).some(
        (one) => one.kind === 'services' && targets.has(`${one.name}@${one.provider ?? 'file'}`),
      );
      if (isBuiltOnThem) targets.add(qualified(name, 'file'));
    }
  }
  return Object.entries(http?.routers ?? {}).filter(
    ([name, router]) =>
      isTree(router) &&
      (routers.includes(name) || targets.has(qualifiedBy(textField(router, 'service') ?? '', 'file'))),
  );
}
