import { isMapping, mappingOf } from '../yaml/is-mapping';
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
  const points = member(data, 'entryPoints');
  return Object.entries(mappingOf(points.value)).flatMap(([name, point]): [string, Path, unknown[]][] => {
    const http = member(point, 'http');
    const list = member(http.value, 'middlewares');
    return Array.isArray(list.value) ? [[name, [points.key, name, http.key, list.key], list.value]] : [];
  });
}

/** Every `ipStrategy.depth`, with the middleware's name. */
function depths(data: unknown): [string, Path, number][] {
  const http = member(data, 'http');
  const middlewares = member(http.value, 'middlewares');
  const found: [string, Path, number][] = [];
  const walk = (name: string, value: unknown, path: Path): void => {
    if (!isMapping(value)) return;
    for (const [key, item] of Object.entries(value)) {
      const depth = member(item, 'depth');
      if (key.toLowerCase() === 'ipstrategy' && Number(depth.value) > 0)
        found.push([name, [...path, key, depth.key], Number(depth.value)]);
      walk(name, item, [...path, key]);
    }
  };
  for (const [name, value] of Object.entries(mappingOf(middlewares.value)))
    walk(name, value, [http.key, middlewares.key, name]);
  return found;
}

/** A member of a mapping with its key as it is written: Traefik reads keys in any case. */
function member(value: unknown, wanted: string): { key: string; value: unknown } {
  const mapping = mappingOf(value);
  const key = Object.keys(mapping).find((name) => name.toLowerCase() === wanted.toLowerCase()) ?? wanted;
  return { key, value: mapping[key] };
}
