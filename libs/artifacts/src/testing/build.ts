import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComposeFacts, Project, Settings, Workspace } from '@itsup/config';
import { settings } from '@itsup/config/testing/model';
import type { EntryPoint, ProjectRouting, Route, ServiceAdditions, WorkspaceRouting } from '@itsup/routing';
import { compileTemplates, TEMPLATE_NAMES, type TemplateName, type Templates } from '../files/templates';
import { templateFile } from '../files/shipped-templates';
import { AUTHORITY } from '@itsup/config/testing/authority';

/** The workspace that this library lies in. */
export const WORKSPACE = join(__dirname, '../../../..');

/** The templates' sources as they ship, but for what a test changes. */
export function shippedTemplates(
  edit: (source: string, name: TemplateName) => string = (source) => source,
): Templates {
  const sources = TEMPLATE_NAMES.map((name) => {
    return [name, edit(readFileSync(join(WORKSPACE, templateFile(name)), 'utf8'), name)] as const;
  });
  return compileTemplates(Object.fromEntries(sources) as Record<TemplateName, string>);
}

export { settings };

export const withEmail = (changes: Partial<Settings> = {}): Settings =>
  settings({
    letsEncrypt: { email: 'ops@acme.org', staging: false, ...AUTHORITY, resolvers: {} },
    ...changes,
  });

/** A container project `blog` with one Compose file. */
export function project(changes: Partial<Project> = {}, compose: Partial<ComposeFacts> = {}): Project {
  const name = changes.name ?? 'blog';
  return {
    name,
    folder: `projects/${name}`,
    kind: 'container',
    enabled: true,
    paths: 'source',
    host: null,
    ingressFile: `projects/${name}/ingress.yml`,
    ingress: [],
    egress: [],
    compose: {
      files: [`projects/${name}/docker-compose.yml`],
      name: null,
      services: [],
      networks: [],
      binds: [],
      ...compose,
    },
    files: [],
    ...changes,
  };
}

export function additions(changes: Partial<ServiceAdditions> = {}): ServiceAdditions {
  return {
    service: 'web',
    labels: {},
    traefikNetwork: null,
    networks: [],
    keepDefault: false,
    dns: null,
    ...changes,
  };
}

export function projectRouting(changes: Partial<ProjectRouting> = {}): ProjectRouting {
  return { project: 'blog', additions: [], networks: [], routes: [], edges: [], problems: [], ...changes };
}

/** A static HTTP route of an external host, but for what a test changes. */
export function route(changes: Partial<Route> = {}): Route {
  const name = changes.serviceName ?? 'nas-5000';
  return {
    project: 'nas',
    service: null,
    host: '192.168.1.10',
    kind: 'http',
    via: 'file',
    place: { file: 'projects/nas/ingress.yml', line: 3, column: 5 },
    port: 5000,
    domains: ['nas.example.com'],
    pathPrefix: null,
    hostport: null,
    serviceName: name,
    servedBy: 'file',
    routers: {
      [name]: {
        rule: 'Host(`nas.example.com`)',
        entryPoints: ['web-secure'],
        service: name,
        tls: { certResolver: 'letsencrypt' },
      },
    },
    loadBalancer: {},
    servers: [{ url: 'http://192.168.1.10:5000' }],
    scheme: 'http',
    middlewares: {},
    serversTransports: {},
    ...changes,
  };
}

export function workspace(changes: Partial<Settings> = {}): Workspace {
  return { settings: settings(changes), projects: [], problems: [] };
}

export function workspaceRouting(routes: Route[] = [], entryPoints: EntryPoint[] = []): WorkspaceRouting {
  return {
    projects: routes.map((item) => projectRouting({ project: item.project, routes: [item] })),
    entryPoints,
    problems: [],
    edgeProblems: [],
    disputes: [],
    holdings: new Map(),
  };
}
