import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What Traefik calls the plugin. */
export const PLUGIN_MODULE = 'github.com/maxlerebourg/crowdsec-bouncer-traefik-plugin';

/**
 * A checkout of the plugin's source, its `vendor/` included: ITSUP_E2E_CROWDSEC_PLUGIN, or
 * `~/.cache/itsup-e2e/crowdsec-bouncer-traefik-plugin`. The tests bring it from disk, so that they depend on no
 * registry of plugins.
 */
function pluginSource(): string {
  const given = process.env['ITSUP_E2E_CROWDSEC_PLUGIN'];
  return given || join(homedir(), '.cache/itsup-e2e/crowdsec-bouncer-traefik-plugin');
}

/** null: the source is there; a text says why the tests cannot have it. */
export function missingPlugin(): string | null {
  const source = pluginSource();
  if (existsSync(join(source, '.traefik.yml'))) return null;
  return `${source} has no source of Traefik's CrowdSec plugin; ITSUP_E2E_CROWDSEC_PLUGIN names another folder`;
}

/** Puts the source where the Traefik of this state folder loads plugins from disk. */
export async function bringPlugin(state: string): Promise<void> {
  const source = pluginSource();
  await cp(source, join(state, 'traefik/plugins-local/src', PLUGIN_MODULE), {
    recursive: true,
    filter: (path) => path !== join(source, '.git'),
  });
}
