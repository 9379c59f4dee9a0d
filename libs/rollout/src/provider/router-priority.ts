import { defaultPriority } from '@itsup/traefik';

import type { Protocol } from './provided-configuration';
import { textField, type Tree } from '../tree-access';

/** The priority of a router: what is written, else what Traefik gives it. */
export function routerPriority(protocol: Protocol, router: Tree): number {
  const written = Number(textField(router, 'priority') ?? 0);
  if (Number.isFinite(written) && written !== 0) return written;
  return defaultPriority(protocol, textField(router, 'rule') ?? '');
}
