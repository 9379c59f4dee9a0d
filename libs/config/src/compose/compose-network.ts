import { isInterpolated } from '../schema/grammar';
import { isMapping } from '../yaml/is-mapping';
import type { NetworkFacts } from '../model';
import { maybe, textOf } from './compose-definitions';

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
