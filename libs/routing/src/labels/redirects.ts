import { qualified, redirectsToHttps, type LabelField } from '@itsup/traefik';
import type { TraefikRouter } from '../model';
import { middlewareNames } from './middlewares';

/** The generated one, as a router of any provider names it. */
const GENERATED: ReadonlySet<string> = new Set([qualified(middlewareNames.redirect, 'file')]);

/** Names of the middlewares that send plain HTTP to HTTPS, as a router in these labels names them. */
export function redirectNames(fields: readonly LabelField[]): ReadonlySet<string> {
  const byName = new Map<string, Map<string, string>>();
  for (const { kind, protocol, name, field, value } of fields) {
    if (kind !== 'middlewares' || protocol !== 'http') continue;
    const own = byName.get(name) ?? new Map<string, string>();
    byName.set(name, own.set(field, value));
  }
  const names = new Set(GENERATED);
  for (const [name, own] of byName) if (redirectsToHttps(own)) names.add(name).add(qualified(name, 'docker'));
  return names;
}

/**
 * Whether a router does nothing but send plain HTTP to HTTPS. What stands before the redirect could answer by itself;
 * what stands behind it is never reached.
 * @param names of `redirectNames`; default: the generated one
 */
export function isRedirect(
  { tls, middlewares }: Pick<TraefikRouter, 'tls' | 'middlewares'>,
  names: ReadonlySet<string> = GENERATED,
): boolean {
  return tls === undefined && names.has(middlewares?.[0] ?? '');
}
