import type { IngressRow, Project, ServiceFacts, Settings, Workspace } from '@itsup/config';
import { row, settings as anySettings } from '@itsup/config/testing/model';
import { labelsOf } from '../labels/labels';
import type { ProjectRouting, Route } from '../model';
import { routeProject } from '../route-project';
import { AUTHORITY } from '@itsup/config/testing/authority';

/**
 * Settings as an empty `itsup.yml` has them, with an e-mail address, but for what a test changes. Of another version of
 * Traefik than the one whose types are known, so that labels are not checked by type.
 */
export function settings(changes: Partial<Settings> = {}): Settings {
  return anySettings({
    letsEncrypt: { email: 'ops@acme.org', staging: false, ...AUTHORITY, resolvers: {} },
    versions: { ...anySettings().versions, traefik: '' },
    dns: { enabled: true, resolvers: ['1.1.1.1'] },
    ...changes,
  });
}

/** A service with nothing declared but its name. */
export function service(name: string, changes: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    name,
    place: { file: 'projects/blog/docker-compose.yml', line: 2, column: 3 },
    networks: null,
    networkMode: null,
    labels: {},
    hasDns: false,
    hasHealthcheck: false,
    image: 'nginx',
    hasBuild: false,
    containerName: null,
    profiles: [],
    publishedPorts: [],
    ...changes,
  };
}

export { row };

/** What a test says of a project; rows get places of their own, one line each. */
export interface ProjectShape {
  rows?: Partial<IngressRow>[];
  services?: (string | ServiceFacts)[];
  /** `provider:service`. */
  egress?: string[];
  networks?: string[];
  enabled?: boolean;
}

/** A container project whose services are those of its rows, unless the test names others. */
export function project(name: string, shape: ProjectShape = {}): Project {
  const file = `projects/${name}/ingress.yml`;
  const rows = (shape.rows ?? []).map((changes, index) =>
    row({ place: { file, line: 2 + index, column: 5 }, ...changes }),
  );
  const services = shape.services ?? [...new Set(rows.map((each) => each.service ?? 'web'))];
  return {
    name,
    folder: `projects/${name}`,
    kind: 'container',
    enabled: shape.enabled ?? true,
    paths: 'source',
    host: null,
    ingressFile: file,
    ingress: rows,
    egress: (shape.egress ?? []).map((text, index) => {
      const [provider = '', target = ''] = text.split(':');
      return { place: { file, line: 50 + index, column: 5 }, consumer: name, provider, service: target };
    }),
    compose: {
      files: [`projects/${name}/docker-compose.yml`],
      name: null,
      services: services.map((each) => (typeof each === 'string' ? service(each) : each)),
      networks: shape.networks ?? [],
      binds: [],
    },
    files: [],
  };
}

/** A project without a Compose file that stands for an address outside Docker. */
export function externalProject(name: string, host: string, rows: Partial<IngressRow>[]): Project {
  return {
    ...project(name, { rows: rows.map((each) => ({ service: null, ...each })) }),
    kind: 'external',
    host,
    compose: null,
  };
}

/** A workspace of these projects. */
export function workspace(projects: Project[], changes: Partial<Settings> = {}): Workspace {
  return { settings: settings(changes), projects, problems: [] };
}

/** The routing of one row of the project `blog`. */
export function routeOne(changes: Partial<IngressRow>, set: Partial<Settings> = {}): ProjectRouting {
  return routeProject(project('blog', { rows: [changes] }), settings(set));
}

/** The one route of a routing without problems. */
export function soleRoute(routing: ProjectRouting): Route {
  const [route, ...rest] = routing.routes;
  if (!route || rest.length > 0 || routing.problems.length > 0) {
    throw new Error(`expected one route and no problem: ${JSON.stringify(routing.problems)}`);
  }
  return route;
}

/** The labels of the one route that a row of the project `blog` gives. */
export function labelsOfRow(
  changes: Partial<IngressRow>,
  set: Partial<Settings> = {},
): Record<string, string> {
  return labelsOf(soleRoute(routeOne(changes, set)));
}

/** The codes of all problems, sorted. */
export function codes(found: { problems: { code: string }[] }): string[] {
  return found.problems.map(({ code }) => code).sort();
}
