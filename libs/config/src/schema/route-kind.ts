export type RouterKind = 'http' | 'tcp' | 'udp';

/** Where certificate authorities ask for the proof of an HTTP-01 challenge. */
const ACME_PATH = '/.well-known/acme-challenge';

/** A row for HTTP-01 challenges that the container answers itself; they come as plain HTTP. */
export function answersAcme(row: { router: string; pathPrefix: string | null }): boolean {
  return row.router === 'http' && row.pathPrefix !== null && `${row.pathPrefix}/`.startsWith(`${ACME_PATH}/`);
}

/** A row whose TLS passes through is TCP to Traefik, except for the plain HTTP of an HTTP-01 challenge. */
export function routeKindOf(row: {
  router: RouterKind;
  passthrough: boolean;
  pathPrefix: string | null;
}): RouterKind {
  return row.router === 'http' && row.passthrough && !answersAcme(row) ? 'tcp' : row.router;
}
