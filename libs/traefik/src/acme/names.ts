/** A name as certificates and rules are compared: lower case, without the root's dot. */
export function canonicalName(name: string): string {
  const lower = name.trim().toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/**
 * Whether a certificate for `certified` is good for `name`, as Traefik matches them: a wildcard stands for exactly one
 * label. (Traefik: `types.MatchDomain`.)
 */
export function covers(certified: string, name: string): boolean {
  const own = canonicalName(certified);
  const wanted = canonicalName(name);
  if (own === wanted) return true;
  return own.startsWith('*.') && wanted.includes('.') && wanted.slice(wanted.indexOf('.')) === own.slice(1);
}

/** Whether one of the certified names is good for `name`. */
export function isCovered(name: string, certified: Iterable<string>): boolean {
  for (const one of certified) if (covers(one, name)) return true;
  return false;
}

/** Names in the Host and HostSNI matchers of a rule, but not `*`: Traefik takes a certificate's names from there. */
export function hostsIn(rule: string): string[] {
  const matchers = [...rule.matchAll(/\bHost(?:SNI)?\(([^)]*)\)/gi)].map(([, names = '']) => names);
  const names = matchers.flatMap((list) =>
    [...list.matchAll(/[`"]([^`"]+)[`"]/g)].map(([, name = '']) => name),
  );
  return [...new Set(names.map(canonicalName))].filter((name) => name !== '*');
}
