import { isInterpolated } from '../schema/grammar';
import { isMapping } from '../yaml/is-mapping';
import type { NetworkFacts } from '../model';
import type { TaggedPath } from '../yaml/yaml-source';

/** What one or more files say about the networks of the top-level `networks:`, as written, by key. */
export type NetworkDefinitions = Map<string, Record<string, unknown>>;

/**
 * Lays one document's `networks:` over what earlier ones say, as Compose does: mappings merge, single values replace,
 * and `!reset` and `!override` take away first.
 */
export function mergeNetworks(
  below: NetworkDefinitions,
  networks: Readonly<Record<string, unknown>>,
  tags: readonly TaggedPath[],
): void {
  for (const { path } of tags) {
    const [section, key, option] = path;
    if (section !== 'networks') continue;
    if (key === undefined) below.clear();
    else if (option === undefined) below.delete(key);
    else {
      const { [option]: _taken, ...rest } = below.get(key) ?? {};
      if (below.has(key)) below.set(key, rest);
    }
  }
  for (const [key, value] of Object.entries(networks)) {
    // `!reset null` on a whole network: it is not there any more.
    const isReset = tags.some(
      ({ path, tag }) => tag === 'reset' && path.length === 2 && path[0] === 'networks' && path[1] === key,
    );
    if (!isReset) below.set(key, merged(below.get(key) ?? {}, isMapping(value) ? value : {}));
  }
}

function merged(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) continue;
    const known = result[key];
    result[key] = isMapping(known) && isMapping(value) ? merged(known, value) : value;
  }
  return result;
}

/**
 * What is known of a network before Compose runs.
 *
 * @param included it comes from an included file, whose variables may have other values than the project's own
 */
export function networkFacts(definition: Readonly<Record<string, unknown>>, included: boolean): NetworkFacts {
  const { name, external, driver, internal, driver_opts: options, ipam } = definition;
  // The old form, `external: {name: …}`, still means both.
  const old = isMapping(external) ? external['name'] : undefined;
  const written = textOf(name ?? old);
  const ipamDriver = isMapping(ipam) ? textOf(ipam['driver']) : null;
  return {
    name: written,
    external: isMapping(external) || maybe(external),
    driver: textOf(driver),
    internal: maybe(internal),
    ...(typeof internal === 'string' && isInterpolated(internal) ? { internalUnknown: true as const } : {}),
    options: isMapping(options)
      ? Object.fromEntries(Object.entries(options).map(([key, value]) => [key, textOf(value) ?? '']))
      : {},
    ...(ipamDriver === null ? {} : { ipamDriver }),
    ...(included && written !== null && isInterpolated(written) ? { nameUnknown: true } : {}),
  };
}

/** A number, text or flag as Compose passes it on; null: none, or empty. */
function textOf(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A flag that is set, or may be once its variable has a value. */
function maybe(value: unknown): boolean {
  if (typeof value === 'string' && isInterpolated(value)) return true;
  return value === true || /^(true|yes|y|on|1|t)$/i.test(textOf(value) ?? '');
}
