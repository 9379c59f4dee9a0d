import type { ComposeFileObject, ComposeFileReference, ComposeModel, KeptContainer } from '@itsup/docker';

/**
 * Where in its containers Compose writes a service's configs and secrets that have no file of their own (`content`,
 * `environment`), after it has made the container: no mount tells of them. Pure.
 * Source: Compose's injectConfigs and injectSecrets; the default places are those of the Compose specification.
 */
export function writtenFiles(
  { services, configs = {}, secrets = {} }: ComposeModel,
  service: string,
): string[] {
  const own = services[service];
  return [
    ...(own?.configs ?? []).flatMap((one) => placeOf(one, configs, '/')),
    ...(own?.secrets ?? []).flatMap((one) => placeOf(one, secrets, '/run/secrets/')),
  ];
}

function placeOf(
  { source, target = source }: ComposeFileReference,
  definitions: Readonly<Record<string, ComposeFileObject>>,
  folder: string,
): string[] {
  const definition = definitions[source];
  const isWritten = definition?.content !== undefined || definition?.environment !== undefined;
  if (!isWritten) return [];
  return [target.startsWith('/') ? target : `${folder}${target}`];
}

/** What containers that were brought back lack, to end a sentence on; empty: nothing. */
export function lostFiles(kept: readonly KeptContainer[]): string {
  const lost = [...new Set(kept.flatMap(({ lost = [] }) => lost))];
  return lost.length === 0 ? '' : `, but without ${lost.join(', ')}, which could not be kept`;
}
