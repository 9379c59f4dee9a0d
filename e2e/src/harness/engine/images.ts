/** Images that tests run. The first two are bases of the examples; the others are the proxy stack's pinned versions. */
export const BUSYBOX = 'busybox:stable';
export const NODE = 'node:20-slim';
export const WHOAMI = 'traefik/whoami:v1.11.0';
export const TRAEFIK = 'traefik:v3.7.9';
export const SOCKET_PROXY = 'wollomatic/socket-proxy:1.13.1';
export const COREDNS = 'coredns/coredns:1.14.7';
export const CROWDSEC = 'crowdsecurity/crowdsec:v1.7.3';

/** What the proxy stack needs with CrowdSec off. */
export const PROXY_IMAGES = [TRAEFIK, SOCKET_PROXY, COREDNS];
