import { textField, type Tree } from '@itsup/traefik';
import type { ProvidedService } from '../provider/provided-configuration';

/**
 * The `maxIdleConnsPerHost` of a transport that keeps no connection. Go's own transport takes 0 for its default;
 * Traefik's fast proxy makes a queue of that length, and a negative one ends it (pkg/proxy/fast/connpool.go). That one
 * carries what is surely HTTP/1 (pkg/proxy/smart_builder.go).
 *
 * @param fastProxy `experimental.fastProxy` is on
 */
export function noneIdle(
  { servers }: Pick<ProvidedService, 'servers'>,
  transport: Tree,
  fastProxy = false,
): 0 | -1 {
  const isHttp1 = servers.every(({ url }) => {
    const [, scheme] = /^(\w+):/.exec(String(url)) ?? [];
    return scheme === 'http' || (scheme === 'https' && textField(transport, 'disableHTTP2') === 'true');
  });
  return fastProxy && isHttp1 ? 0 : -1;
}
