import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';

import type { Isolation, Problem, ServiceFacts } from '@itsup/config';
import type { ComposeModel, ComposeService } from '@itsup/docker';
import { guardedBy, guardedMountProblem } from '@itsup/routing';

/**
 * Mounts that a project must not have, by what Compose made of its files: variables have their values here, relative
 * paths and `extends` are resolved, and where this host keeps its state is known.
 * @param facts the project's services as its files say them, for the places
 */
export function refusedMounts(
  project: string,
  model: ComposeModel,
  facts: readonly ServiceFacts[],
  { stateFolder, isolation }: { stateFolder: string; isolation: Isolation },
): Problem[] {
  return Object.entries(model.services).flatMap(([name, service]) =>
    shownTo(service, model).flatMap((source) => {
      const guarded = guardedBy(source, stateFolder) ?? guardedBy(behindLinks(source), stateFolder);
      if (guarded === null) return [];
      const known = facts.find((one) => one.name === name);
      const place = known?.mounts?.find((mount) => mount.source === source)?.place ?? known?.place;
      const mount = { project, service: name, source, guarded, ...(place && { place }) };
      const problem = guardedMountProblem(mount, isolation);
      return problem.severity === 'error' ? [problem] : [];
    }),
  );
}

/** The engine follows links, those of a project's own folder too. */
function behindLinks(source: string): string {
  if (!isAbsolute(source)) return source;
  let known = source;
  let rest = '';
  for (;;) {
    try {
      return join(realpathSync.native(known), rest);
    } catch {
      if (known === dirname(known)) return source;
      rest = join(basename(known), rest);
      known = dirname(known);
    }
  }
}

/**
 * Paths of this host and names of volumes that containers of the service are shown, or that its image is built from.
 */
function shownTo(service: ComposeService, model: ComposeModel): string[] {
  const mounts = (service.volumes ?? []).flatMap(({ type, source }) => {
    if (source === undefined) return [];
    if (type !== 'volume') return [source];
    const volume = model.volumes?.[source];
    const { device, o: options = '' } = volume?.driver_opts ?? {};
    // Folders that are laid over each other stand in the options: `lowerdir=/a:/b,upperdir=/c`.
    const layers = options.split(/[,:=]/).filter((part) => isAbsolute(part));
    return [volume?.name ?? source, ...(device === undefined ? [] : [device]), ...layers];
  });
  const { context, additional_contexts: contexts = {} } = service.build ?? {};
  const built = [context, ...Object.values(contexts)].filter(
    (path) => path !== undefined && isAbsolute(path),
  );
  // Compose mounts the engine's socket for it when it starts the container, and its model says no more than this.
  const api = service.use_api_socket === true ? ['/var/run/docker.sock'] : [];
  const files = [
    ...(service.configs ?? []).map(({ source }) => model.configs?.[source]?.file),
    ...(service.secrets ?? []).map(({ source }) => model.secrets?.[source]?.file),
  ];
  return [...mounts, ...api, ...[...built, ...files].flatMap((path) => (path === undefined ? [] : [path]))];
}
