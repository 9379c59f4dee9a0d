import type { Settings } from '@itsup/config';
import { acmeConflicts } from './acme-conflicts';
import { addressConflicts } from './address-conflicts';
import { claimsOf } from './claims';
import type { Conflict, RoutedProject } from './conflict';
import { nameConflicts } from './name-conflicts';
import { networkConflicts } from './network-conflicts';
import { portConflicts } from './port-conflicts';
import { ruleConflicts } from './rule-conflicts';
import { tlsConflicts } from './tls-conflicts';

/** Every conflict among these projects, and with what the proxy itself uses. Linear in the number of rows and domains. */
export function conflictsAmong(routed: readonly RoutedProject[], settings: Settings): Conflict[] {
  const claims = claimsOf(
    routed.flatMap(({ routing }) => routing.routes),
    settings,
  );
  return [
    ...ruleConflicts(claims),
    ...tlsConflicts(claims),
    ...acmeConflicts(claims),
    ...portConflicts(routed, settings),
    ...nameConflicts(routed),
    ...addressConflicts(routed),
    ...networkConflicts(routed),
  ];
}
