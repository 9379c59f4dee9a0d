import type { Place, Settings } from '@itsup/config';

/** Ports of the loopback that the proxy's own services use. */
export const internalPorts = {
  traefik: 8082,
  dockerproxy: 2375,
  crowdsecLapi: 18080,
  crowdsecAppsec: 7422,
} as const;

/** What the proxy has a port of the host for, and where the operator chose the port; null: it is the default, or ours. */
export interface ReservedPort {
  use: string;
  place: Place | null;
}

/** What the proxy uses of the host's ports, by `port/protocol`. */
export function reservedPorts({ crowdsec, entryPoints, places = {} }: Settings): Map<string, ReservedPort> {
  const ports: [number, string, Place?][] = [
    [internalPorts.traefik, 'health and API of Traefik'],
    [internalPorts.dockerproxy, 'dockerproxy'],
    ...(crowdsec.enabled
      ? ([
          [internalPorts.crowdsecLapi, 'CrowdSec'],
          [internalPorts.crowdsecAppsec, 'CrowdSec'],
        ] satisfies [number, string][])
      : []),
    [entryPoints.webSecure, 'entry point web-secure', places.webSecure],
    [entryPoints.web, 'entry point web', places.web],
  ];
  return new Map(ports.map(([port, use, place]) => [`${port}/tcp`, { use, place: place ?? null }]));
}
