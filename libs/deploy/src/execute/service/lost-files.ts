import type { ComposeModel } from '@itsup/docker';

/**
 * What a container that is made again by the engine's API lacks: Compose writes configs and secrets without a file of
 * their own (`content`, `environment`) into a container as it makes it, and no mount tells of them. Pure.
 * Source: Compose's injectConfigs and injectSecrets.
 *
 * @returns words to end a sentence on; empty: it lacks nothing
 */
export function lostFiles({ services, configs = {}, secrets = {} }: ComposeModel, service: string): string {
  const own = services[service];
  const names = [
    ...(own?.configs ?? []).map(({ source }) => ({ source, definition: configs[source] })),
    ...(own?.secrets ?? []).map(({ source }) => ({ source, definition: secrets[source] })),
  ].flatMap(({ source, definition }) =>
    definition?.content === undefined && definition?.environment === undefined ? [] : [source],
  );
  if (names.length === 0) return '';
  return `, but without ${[...new Set(names)].join(', ')}, which only Compose writes into a container: deploy it again soon`;
}
