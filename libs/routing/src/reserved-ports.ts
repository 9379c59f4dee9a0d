import type { Settings } from '@itsup/config';

/** Ports of the loopback that the proxy's own services use. */
export const internalPorts = {
  traefik: 8082,
  dockerproxy: 2375,
  crowdsecLapi: 18080,
  crowdsecAppsec: 7422,
} as const;

/** What the proxy uses of the host's ports, by `port/protocol`, with its use. */
export function reservedPorts(settings: Settings): Map<string, string> {
  const ports: [number, string][] = [
    [internalPorts.traefik, 'health and API of Traefik'],
    [internalPorts.dockerproxy, 'dockerproxy'],
    ...(settings.crowdsec.enabled
      ? ([
          [internalPorts.crowdsecLapi, 'CrowdSec'],
          [internalPorts.crowdsecAppsec, 'CrowdSec'],
        ] satisfies [number, string][])
      : []),
    [settings.entryPoints.webSecure, 'entry point web-secure'],
    [settings.entryPoints.web, 'entry point web'],
  ];
  return new Map(ports.map(([port, use]) => [`${port}/tcp`, use]));
}
