import { isMapping } from '../yaml/is-mapping';
import type { Settings } from '../model';
import type { Problem } from '../problem/problem';
import type { YamlFiles } from '../yaml/yaml-files';

/** What Traefik's entry points need first, by the name that the routing gives it. */
const CLIENT_ADDRESS = 'client-address@file';

type Path = (string | number)[];

/**
 * What in the operator's own Traefik files does not go with trusted proxies: the middleware that decides who the client
 * is has to stand before all others, and leaves one address in X-Forwarded-For.
 */
export function trustedProxyProblems(
  files: YamlFiles,
  { trustedIps, traefikOverride, middlewaresOverride }: Settings,
): Problem[] {
  if (trustedIps.length === 0) return [];
  const problems: Problem[] = [];
  const warn = (file: string, path: Path, message: string, help: string): void => {
    const place = files.yaml(file).sources[0]?.place(path);
    problems.push({
      code: 'client-address',
      severity: 'warning',
      message,
      help,
      ...(place && { place }),
    });
  };
  for (const [name, path, list] of entryPointLists(traefikOverride?.data)) {
    if (list.includes(CLIENT_ADDRESS) || traefikOverride === null) continue;
    warn(
      traefikOverride.file,
      path,
      `this list takes the place of ours, so on ${name} allow lists and rate limits look at the proxy in front, not at the client`,
      `put ${CLIENT_ADDRESS} first`,
    );
  }
  for (const [name, path, depth] of depths(middlewaresOverride?.data)) {
    if (middlewaresOverride === null || depth < 2) continue;
    warn(
      middlewaresOverride.file,
      path,
      `${name} finds nobody ${depth} proxies back: X-Forwarded-For holds the client alone, whom trustedIPs make sure of`,
      'remove ipStrategy: without it the client is meant',
    );
  }
  return problems;
}

/** Entry points whose `http.middlewares` the operator wrote. */
function entryPointLists(data: unknown): [string, Path, unknown[]][] {
  return Object.entries(at(data, 'entryPoints') ?? {}).flatMap(
    ([name, point]): [string, Path, unknown[]][] => {
      const list: unknown = at(point, 'http')?.['middlewares'];
      return Array.isArray(list) ? [[name, ['entryPoints', name, 'http', 'middlewares'], list]] : [];
    },
  );
}

/** Every `ipStrategy.depth`, with the middleware's name. */
function depths(data: unknown): [string, Path, number][] {
  const middlewares = at(at(data, 'http'), 'middlewares') ?? {};
  const found: [string, Path, number][] = [];
  const walk = (name: string, value: unknown, path: Path): void => {
    if (!isMapping(value)) return;
    for (const [key, item] of Object.entries(value)) {
      const depth = key.toLowerCase() === 'ipstrategy' ? Number(at(value, key)?.['depth']) : NaN;
      if (depth > 0) found.push([name, [...path, key, 'depth'], depth]);
      walk(name, item, [...path, key]);
    }
  };
  for (const [name, value] of Object.entries(middlewares)) walk(name, value, ['http', 'middlewares', name]);
  return found;
}

function at(value: unknown, key: string): Record<string, unknown> | undefined {
  const item = isMapping(value) ? value[key] : undefined;
  return isMapping(item) ? item : undefined;
}
