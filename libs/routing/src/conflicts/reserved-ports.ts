import type { Place, Settings } from '@itsup/config';

/** What the proxy has a port of the host for, and where the operator chose the port; null: it is the default. */
export interface ReservedPort {
  port: number;
  use: string;
  /** On the loopback alone: nobody reaches it from outside. */
  internal: boolean;
  place: Place | null;
}

/**
 * Every TCP port of the host that the proxy itself listens on, by what `itsup.yml` says; UDP has none. Whatever asks
 * whether a port is the proxy's asks this.
 */
export function proxyPorts({ crowdsec, entryPoints, internalPorts, places = {} }: Settings): ReservedPort[] {
  const port = (number: number, use: string, internal: boolean, place?: Place): ReservedPort => ({
    port: number,
    use,
    internal,
    place: place ?? null,
  });
  return [
    port(internalPorts.traefik, 'health and API of Traefik', true, places.traefik),
    ...(crowdsec.enabled
      ? [
          port(internalPorts.crowdsecLapi, 'CrowdSec', true, places.crowdsecLapi),
          port(internalPorts.crowdsecAppsec, 'CrowdSec', true, places.crowdsecAppsec),
        ]
      : []),
    port(entryPoints.webSecure, 'entry point web-secure', false, places.webSecure),
    port(entryPoints.web, 'entry point web', false, places.web),
  ];
}

/** The same by `port/protocol`. */
export function reservedPorts(settings: Settings): Map<string, ReservedPort> {
  return new Map(proxyPorts(settings).map((reserved) => [`${reserved.port}/tcp`, reserved]));
}
