import type { Settings } from '@itsup/config';
import { field, isTree, subtree, treeOf } from '@itsup/traefik';

/** What Traefik calls CrowdSec's plugin, and where its Go source imports itself from. */
const MODULE = 'github.com/maxlerebourg/crowdsec-bouncer-traefik-plugin';

/** A plugin of Traefik's that a deploy keeps in the state folder. */
export interface KeptPlugin {
  module: string;
  version: string;
  /**
   * Its source, relative to the state folder. Traefik mounts it; one for each version, so that what runs keeps its own.
   */
  folder: string;
}

/** CrowdSec's plugin; null: CrowdSec is off, or `projects/traefik.yml` brings the plugin from disk. */
export function crowdsecPlugin(settings: Settings): KeptPlugin | null {
  const version = settings.versions.crowdsecPlugin;
  if (!settings.crowdsec.enabled || hasLocalPlugin(settings, 'crowdsec')) return null;
  return { module: MODULE, version, folder: `plugins/crowdsec-${encodeURIComponent(version)}` };
}

/** Does `projects/traefik.yml` load this plugin from disk, in this very spelling? Without a name: any plugin. */
export function hasLocalPlugin(settings: Settings, name?: string): boolean {
  const plugins = field(subtree(settings.traefikOverride?.data, 'experimental'), 'localPlugins');
  return name === undefined ? isTree(plugins) : Object.hasOwn(treeOf(plugins), name);
}
