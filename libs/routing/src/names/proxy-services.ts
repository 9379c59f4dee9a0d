/**
 * Services of the proxy's stack, whose containers Compose names `proxy-<service>-<n>`. A host that has not been
 * deployed since has the socket proxy under its earlier name, `dockerproxy`.
 */
export const PROXY_SERVICES: readonly string[] = ['traefik', 'socketproxy', 'dockerproxy', 'dns', 'crowdsec'];
