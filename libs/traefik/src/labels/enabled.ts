import { childOf, type ConfigurationNode } from '../dynamic/tree';
import { isGoBoolean } from '../types/go-values';
import { labelTree, PROVIDER_LABELS } from './label-tree';

/**
 * Whether a container's labels let the docker provider read it: `traefik.enable`, by Traefik's own reading of names and
 * booleans (`1` and `t` are true, of names that differ in case alone the last by the order of texts counts).
 * @returns null: no label says it, so the provider's `exposedByDefault` does. false as well where the value cannot be
 *   read, for which Traefik leaves the container out
 */
export function enabledByLabels(labels: Readonly<Record<string, string>>): boolean | null {
  return enabledIn(labelTree(labels, PROVIDER_LABELS).root);
}

/** The same of labels that are a tree already; null as well while its value is not known. */
export function enabledIn(root: ConfigurationNode | null): boolean | null {
  const enable = childOf(root, 'enable');
  if (enable === undefined || enable.open) return null;
  return booleanIn(enable.value) ?? false;
}

/** A label's text as Go reads a boolean; null: it is none. */
export function booleanIn(text: string): boolean | null {
  return isGoBoolean(text) ? /^(?:1|t)/i.test(text) : null;
}
