/** Host rule of one or several domains, in parentheses when it is a choice: `&&` binds tighter than `||`. */
export function anyHost(matcher: 'Host' | 'HostSNI', domains: readonly string[], combined: boolean): string {
  const text = domains.map((domain) => `${matcher}(\`${domain}\`)`).join(' || ');
  return combined && domains.length > 1 ? `(${text})` : text;
}

/** Rule of an HTTP row. Both parts were checked by their grammars, so that none can leave its quotes. */
export function httpRule(domains: readonly string[], pathPrefix: string | null): string {
  const path = pathPrefix === null ? [] : [`PathPrefix(\`${pathPrefix}\`)`];
  const hosts = domains.length === 0 ? [] : [anyHost('Host', domains, path.length > 0)];
  return [...hosts, ...path].join(' && ') || 'PathPrefix(`/`)';
}

/** Rule of a TCP row; without domains it takes every connection of its entry point. */
export function tcpRule(domains: readonly string[]): string {
  return domains.length === 0 ? 'HostSNI(`*`)' : anyHost('HostSNI', domains, false);
}
