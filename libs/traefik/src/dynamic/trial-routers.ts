/** Traefik's dynamic configuration as a file holds it. */
export type DynamicFile = Record<string, Record<string, Record<string, unknown>>>;

/**
 * Routers that use every middleware, service and TLS options of these, for a Traefik that only tries files: it builds
 * an object, and so finds its faults, only when a router leads to it.
 * @param defined as `http.middlewares.auth`
 * @param entryPoints one of each kind; null: the trial has none
 */
export function trialRouters(
  defined: Iterable<string>,
  entryPoints: { http: string | null; tcp: string | null },
): DynamicFile {
  const file: DynamicFile = {};
  let count = 0;
  for (const object of [...defined].sort()) {
    const [section = '', kind = '', ...rest] = object.split('.');
    const name = rest.join('.');
    const entryPoint = section === 'http' ? entryPoints.http : section === 'tcp' ? entryPoints.tcp : null;
    if (section === 'tls' && kind === 'options' && entryPoints.http !== null) {
      count += 1;
      ((file['http'] ??= {})['routers'] ??= {})[trialRouterName(object)] = {
        entryPoints: [entryPoints.http],
        rule: `Host(\`${count}.trial.invalid\`)`,
        tls: { options: name },
        service: 'noop@internal',
      };
    }
    if (entryPoint === null || (kind !== 'services' && kind !== 'middlewares')) continue;
    const isService = kind === 'services';
    const routers = ((file[section] ??= {})['routers'] ??= {});
    count += 1;
    routers[trialRouterName(object)] = {
      entryPoints: [entryPoint],
      rule: section === 'http' ? `Host(\`${count}.trial.invalid\`)` : `HostSNI(\`${count}.trial.invalid\`)`,
      ...(section === 'tcp' && { tls: {} }),
      ...(isService ? {} : { middlewares: [name] }),
      service: isService ? name : section === 'http' ? 'noop@internal' : TCP_SERVICE,
    };
    if (section === 'tcp' && !isService) {
      ((file['tcp'] ??= {})['services'] ??= {})[TCP_SERVICE] = {
        loadBalancer: { servers: [{ address: '127.0.0.1:9' }] },
      };
    }
  }
  return file;
}

const TCP_SERVICE = 'trial~nowhere';

/** Name of the router that leads to an object in a trial, from which the object can be told. */
export function trialRouterName(object: string): string {
  return `trial~${object}`;
}
