import type { Project, RouterKind } from '@itsup/config';
import type { ProjectRouting, TraefikRouter } from '../model';

/** A router that labels of a container define. */
export interface LabelRouter {
  name: string;
  kind: RouterKind;
  /** Without entry points Traefik uses its default ones. */
  router: TraefikRouter;
  /** Compose service of the container. */
  service: string;
}

const ROUTER_KEY = /^traefik\.(http|tcp|udp)\.routers\.([^.]+)\.(.+)$/i;
const SERVICE_KEY = /^traefik\.(http|tcp|udp)\.services\.([^.]+)\./i;

/**
 * The routers of a project's containers as Traefik reads them: from what the artifact adds and from what the operator
 * wrote, who wins key by key and may define routers of their own. A service that is not enabled has none.
 */
export function labelRouters(project: Project, routing: ProjectRouting): LabelRouter[] {
  return (project.compose?.services ?? []).flatMap((service) => {
    const added = routing.additions.find((each) => each.service === service.name)?.labels ?? {};
    const labels: Record<string, string> = { ...added };
    // `$$` is how Compose writes a `$`.
    for (const [key, value] of Object.entries(service.labels)) labels[key] = value.replaceAll('$$', '$');
    if (valueOf(labels, 'traefik.enable')?.toLowerCase() !== 'true') return [];
    return routersOf(labels).map((each) => ({ ...each, service: service.name }));
  });
}

/** Does the operator's own label keep a service away from Traefik? */
export function disabledByLabel(project: Project, service: string): boolean {
  const labels = project.compose?.services.find(({ name }) => name === service)?.labels ?? {};
  const enable = valueOf(labels, 'traefik.enable');
  return enable !== undefined && enable.toLowerCase() !== 'true';
}

function routersOf(labels: Readonly<Record<string, string>>): Omit<LabelRouter, 'service'>[] {
  const fields = new Map<string, { kind: RouterKind; name: string; values: Map<string, string> }>();
  const services: Record<string, Set<string>> = {};
  for (const [key, value] of Object.entries(labels)) {
    const service = SERVICE_KEY.exec(key);
    if (service) (services[kindOf(service[1])] ??= new Set()).add(service[2] ?? '');
    const router = ROUTER_KEY.exec(key);
    if (!router) continue;
    const [, kind, name = '', field = ''] = router;
    const id = `${kindOf(kind)} ${name}`;
    const entry = fields.get(id) ?? { kind: kindOf(kind), name, values: new Map<string, string>() };
    fields.set(id, entry);
    entry.values.set(field.toLowerCase(), value);
  }
  return [...fields.values()].map(({ kind, name, values }) => {
    // Traefik links a router to the container's service when there is only one.
    const own = [...(services[kind] ?? [])];
    const service = values.get('service') ?? (own.length === 1 ? own[0] : undefined) ?? '';
    return { kind, name, router: routerOf(values, service) };
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
  const written = values.get('tls')?.toLowerCase();
  const more = [...values.keys()].some((key) => key.startsWith('tls.'));
  if ((written !== undefined && written !== 'true') || (written === undefined && !more)) return null;
  const certResolver = values.get('tls.certresolver');
  return {
    ...(certResolver ? { certResolver } : {}),
    ...(values.get('tls.passthrough')?.toLowerCase() === 'true' ? { passthrough: true } : {}),
  };
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function valueOf(labels: Readonly<Record<string, string>>, wanted: string): string | undefined {
  return Object.entries(labels).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

function kindOf(text: string | undefined): RouterKind {
  return (text ?? 'http').toLowerCase() as RouterKind;
}
