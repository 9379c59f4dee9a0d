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
      const guarded = guardedBy(source, stateFolder);
      if (guarded === null) return [];
      const known = facts.find((one) => one.name === name);
      const place = known?.mounts?.find((mount) => mount.source === source)?.place ?? known?.place;
      const mount = { project, service: name, source, guarded, ...(place && { place }) };
      const problem = guardedMountProblem(mount, isolation);
      return problem.severity === 'error' ? [problem] : [];
    }),
  );
}

/** Paths of this host and names of volumes that containers of the service are shown. */
function shownTo(service: ComposeService, model: ComposeModel): string[] {
  const mounts = (service.volumes ?? []).flatMap(({ type, source }) => {
    if (source === undefined) return [];
    if (type !== 'volume') return [source];
    const volume = model.volumes?.[source];
    const device = volume?.driver_opts?.['device'];
    return [volume?.name ?? source, ...(device === undefined ? [] : [device])];
  });
  const files = [
    ...(service.configs ?? []).map(({ source }) => model.configs?.[source]?.file),
    ...(service.secrets ?? []).map(({ source }) => model.secrets?.[source]?.file),
  ];
  return [...mounts, ...files.flatMap((file) => (file === undefined ? [] : [file]))];
}
