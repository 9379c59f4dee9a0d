import type { Settings } from '@itsup/config';
import { booleanIn, field, listField, subtree, textField, treeOf, type Tree } from '@itsup/traefik';
import type { TraefikRouter } from '../model';

/** A router of `projects/middlewares.yml`. */
export interface OperatorRouter {
  kind: 'http' | 'tcp' | 'udp';
  name: string;
  router: TraefikRouter;
}

/** The routers that `middlewares.yml` adds to the proxy's, with keys in any case, as Traefik reads them. */
export function operatorRouters({
  middlewaresOverride,
}: Pick<Settings, 'middlewaresOverride'>): OperatorRouter[] {
  return (['http', 'tcp', 'udp'] as const).flatMap((kind) =>
    Object.entries(subtree(subtree(middlewaresOverride?.data, kind), 'routers')).map(([name, value]) => ({
      kind,
      name,
      router: routerIn(treeOf(value)),
    })),
  );
}

function routerIn(written: Tree): TraefikRouter {
  const rule = textField(written, 'rule');
  const middlewares = listField(written, 'middlewares');
  const priority = Number(textField(written, 'priority') ?? 0);
  const tls = tlsIn(field(written, 'tls'));
  return {
    ...(rule === undefined ? {} : { rule }),
    entryPoints: listField(written, 'entryPoints'),
    service: textField(written, 'service') ?? '',
    ...(middlewares.length > 0 ? { middlewares } : {}),
    ...(priority !== 0 && Number.isFinite(priority) ? { priority } : {}),
    ...(tls ? { tls } : {}),
  };
}

/** `tls: {}`, `tls: true`; null: it has none. */
function tlsIn(written: unknown): TraefikRouter['tls'] | null {
  if (written === undefined || written === null || booleanIn(String(written)) === false) return null;
  const tls = treeOf(written);
  const certResolver = textField(tls, 'certResolver');
  const options = textField(tls, 'options');
  const domains = field(tls, 'domains');
  return {
    ...(certResolver ? { certResolver } : {}),
    ...(options ? { options } : {}),
    ...(booleanIn(textField(tls, 'passthrough') ?? '') === true ? { passthrough: true } : {}),
    ...(Array.isArray(domains) && domains.length > 0 ? { domains: domains.map(domainIn) } : {}),
  };
}

function domainIn(written: unknown): { main: string; sans?: string[] } {
  const domain = treeOf(written);
  const sans = listField(domain, 'sans');
  return { main: textField(domain, 'main') ?? '', ...(sans.length > 0 ? { sans } : {}) };
}
