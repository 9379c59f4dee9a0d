import {
  entryPointsOf,
  field,
  fieldKey,
  formatAddress,
  internalEntryPoint,
  isTree,
  subtree,
  textField,
  withField,
  type Tree,
} from '@itsup/traefik';
import type { Shadow } from '../types';

/** Kept connections leave the temporary instance this soon once they are used. */
const keepAliveMaxTime = '3s';

/** Below the ports that Linux gives to outgoing connections (32768 and up), which come and go at any moment. */
const firstShadowPort = 20_000;

/**
 * Chooses a port for every entry point of the temporary instance and for its API.
 *
 * @param taken whether something listens on a port of this host
 */
export function chooseShadows(
  configuration: Tree,
  taken: (port: number) => boolean,
): { shadows: Shadow[]; apiPort: number } {
  const used = new Set(entryPointsOf(configuration).map(({ port }) => port));
  let last = firstShadowPort - 1;
  const next = (): number => {
    do last += 1;
    while (used.has(last) || taken(last));
    return last;
  };
  const shadows = entryPointsOf(configuration)
    .filter(({ name }) => name !== internalEntryPoint)
    .flatMap(({ name, host, port, protocol, http3 }) => {
      const shadow = { entryPoint: name, host, protocol, port, shadowPort: next() };
      return http3 ? [shadow, { ...shadow, protocol: 'udp' as const }] : [shadow];
    });
  return { shadows, apiPort: next() };
}

/**
 * The static configuration of the temporary instance: the same, on its shadow ports and with a loopback address of its
 * own for API and ping, and letting go of connections soon.
 */
export function shadowConfiguration(configuration: Tree, shadows: Shadow[], apiPort: number): Tree {
  const points: Tree = {};
  for (const [name, value] of Object.entries(subtree(configuration, 'entryPoints'))) {
    const definition = isTree(value) ? value : {};
    if (name === internalEntryPoint) {
      points[name] = withField(definition, 'address', `127.0.0.1:${apiPort}`);
      continue;
    }
    const shadow = shadows.find(({ entryPoint }) => entryPoint === name);
    points[name] = shadow ? shadowEntryPoint(definition, shadow, shadows) : definition;
  }
  if (!points[internalEntryPoint]) points[internalEntryPoint] = { address: `127.0.0.1:${apiPort}` };
  return withField(configuration, 'entryPoints', points);
}

/**
 * The static configuration of the trial, which has no network: where plugins are downloaded, it comes up without them.
 */
export function trialConfiguration(configuration: Tree): Tree {
  const experimental = subtree(configuration, 'experimental');
  if (fieldKey(experimental, 'plugins') === undefined) return configuration;
  return withField(configuration, 'experimental', withField(experimental, 'abortOnPluginFailure', false));
}

function shadowEntryPoint(definition: Tree, shadow: Shadow, shadows: Shadow[]): Tree {
  // REDIRECT sends a packet to whatever address of this host it came in by, so only loopback addresses can be kept.
  const host = isLoopback(shadow.host) ? shadow.host : '';
  const tcpOnly = field(definition, 'http3') === undefined && shadow.protocol === 'udp';
  let point = withField(
    definition,
    'address',
    formatAddress(host, shadow.shadowPort, tcpOnly ? 'udp' : 'tcp'),
  );
  if (tcpOnly) return point;

  const transport = subtree(point, 'transport');
  point = withField(point, 'transport', withField(transport, 'keepAliveMaxTime', keepAliveMaxTime));
  const http3 = field(point, 'http3');
  if (http3 !== undefined) {
    const settings = isTree(http3) ? http3 : {};
    // Browsers are told the port that they can reach.
    const advertised = textField(settings, 'advertisedPort') ?? String(shadow.port);
    point = withField(point, 'http3', withField(settings, 'advertisedPort', Number(advertised)));
  }
  return withPublicRedirection(point, shadows);
}

/** `to: web-secure` would send browsers to the shadow port. */
function withPublicRedirection(point: Tree, shadows: Shadow[]): Tree {
  const http = subtree(point, 'http');
  const redirections = subtree(http, 'redirections');
  const target = subtree(redirections, 'entryPoint');
  const to = textField(target, 'to');
  const shadow = shadows.find(({ entryPoint }) => entryPoint === to);
  if (!shadow || fieldKey(http, 'redirections') === undefined) return point;
  const entryPoint = withField(target, 'to', `:${shadow.port}`);
  return withField(
    point,
    'http',
    withField(http, 'redirections', withField(redirections, 'entryPoint', entryPoint)),
  );
}

export function isLoopback(host: string): boolean {
  return host.startsWith('127.') || host === '::1' || host === 'localhost';
}
