import { isDeepStrictEqual } from 'node:util';

import {
  assumedService,
  interpolate,
  UserError,
  type NetworkFacts,
  type VolumeFacts,
  type Problem,
  type Project,
  type ServiceFacts,
} from '@itsup/config';
import type { ComposeModel, ComposeService } from '@itsup/docker';
import { resolvedName, routeWorkspace, type ProjectRouting } from '@itsup/routing';

import type { LoadedStack } from '../../desired/loaded-stack';
import { hostCircumstances } from '../../desired/environment/host-circumstances';
import { failuresOf } from '../../ownership/dispute-failures';
import { readClaims } from '../../ownership/claims-file';
import type { Run } from '../run';

/**
 * What a project claims by Compose's own model alone: by `label_file`, by variables of an included file, by a label
 * whose name is a variable, by services that files bring which only Compose follows. It was not in the table of who
 * owns what when the run began, so the table is made anew with it; nothing is asked where the model says what the files
 * say.
 * @throws UserError when the project takes what is another one's, or leads where no route may
 */
export async function refuseUnseenClaims(run: Run, { spec, model, environment }: LoadedStack): Promise<void> {
  const { project } = spec;
  const { context, request, secrets } = run;
  const routed = run.routing.projects.find((each) => each.project === spec.stack);
  if (project === null || routed === undefined) return;
  const seen = seenByCompose(project, routed, model, (name) => environment.all[name], spec.projectName);
  if (seen === null) return;
  const workspace = {
    ...request.workspace,
    projects: request.workspace.projects.map((each) => (each.name === spec.stack ? seen : each)),
  };
  const others = new Map(
    run.routing.projects.filter((each) => each.project !== spec.stack).map((each) => [each.project, each]),
  );
  const circumstances = await hostCircumstances(context, workspace, secrets);
  const routing = routeWorkspace(workspace, others, circumstances);
  const disputed = new Set(routing.disputes.map(({ problem }) => problem));
  const standing = {
    deployed: new Set(run.deployed.keys()),
    claims: await readClaims(context.state),
    converging: new Set(run.order.filter((name) => !run.broken.has(name))),
  };
  const own = routing.projects.find((each) => each.project === spec.stack)?.problems ?? [];
  const errors: Problem[] = [
    ...own,
    ...routing.problems.filter((problem) => problem.project === spec.stack && !disputed.has(problem)),
    ...failuresOf(routing, standing).flatMap(({ stack, problem }) => (stack === spec.stack ? [problem] : [])),
  ].filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new UserError(errors);
}

type Lookup = (name: string) => string | undefined;

/** The project with what Compose made of it; null: its files said the same. */
export function seenByCompose(
  project: Project,
  routed: Pick<ProjectRouting, 'additions' | 'networks'>,
  model: ComposeModel,
  lookup: Lookup,
  projectName: string,
): Project | null {
  const { compose } = project;
  if (compose === null) return null;
  const known = new Map(compose.services.map((service) => [service.name, service]));
  const [file = project.folder] = compose.files;
  let isNew = false;
  const services = Object.entries(model.services).map(([name, service]): ServiceFacts => {
    const facts = known.get(name) ?? assumedService(name, { file, line: 1, column: 1 });
    const added = routed.additions.find((each) => each.service === name)?.labels ?? {};
    const labels = ownLabels(service, added);
    const before = Object.fromEntries(
      Object.entries(facts.labels)
        .filter(([key]) => isTraefiks(key))
        .map(([key, value]) => [key, interpolate(value, lookup) ?? value]),
    );
    const containerName = service.container_name ?? null;
    const image = imageFacts(service);
    const volumeKeys = volumeKeysOf(service);
    const isSame =
      known.has(name) &&
      isDeepStrictEqual(volumeKeys, facts.volumeKeys ?? []) &&
      isDeepStrictEqual(image, {
        image: facts.image === null ? null : interpolate(facts.image, lookup),
        hasBuild: facts.hasBuild,
        buildTags: (facts.buildTags ?? []).map((tag) => interpolate(tag, lookup)),
      }) &&
      facts.profiles.length === 0 &&
      sameRecord(labels, before) &&
      (facts.containerName === null ? null : (interpolate(facts.containerName, lookup) ?? '')) ===
        containerName;
    if (isSame) return facts;
    isNew = true;
    return {
      ...facts,
      ...escaped(image),
      profiles: [],
      containerName,
      networkMode: service.network_mode ?? null,
      labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, asText(value)])),
      volumeKeys,
    };
  });
  const { networkFacts = {} } = compose;
  const networks: Record<string, NetworkFacts> = { ...networkFacts };
  const ours = new Set(routed.networks.map(({ key }) => key));
  for (const [key, network] of Object.entries(model.networks ?? {})) {
    const { name, external = false, internal = false, driver } = network ?? {};
    if (name === undefined || ours.has(key)) continue;
    const facts = networkFacts[key];
    const written = facts?.name ?? (facts?.external === true ? key : `${projectName}_${key}`);
    const isKnown = resolvedName(interpolate(written, lookup) ?? '', projectName) === name;
    if (isKnown && facts?.nameUnknown !== true && !written.includes('$')) continue;
    isNew = true;
    networks[key] = { name, external, internal, driver: driver ?? null, options: {} };
  }
  const volumes: Record<string, VolumeFacts> = { ...compose.volumeFacts };
  for (const [key, volume] of Object.entries(model.volumes ?? {})) {
    const { name, external = false } = volume ?? {};
    if (name === undefined) continue;
    const facts = volumes[key];
    const written = facts?.name ?? (facts?.external === true ? key : `${projectName}_${key}`);
    const isKnown =
      resolvedName(interpolate(written, lookup) ?? '', projectName) === name &&
      (facts?.external ?? false) === external;
    if (isKnown && facts?.nameUnknown !== true && !written.includes('$')) continue;
    isNew = true;
    volumes[key] = { name: asText(name), external, place: facts?.place ?? { file, line: 1, column: 1 } };
  }
  if (!isNew) return null;
  const all = [...services, ...compose.services.filter(({ name }) => model.services[name] === undefined)];
  return {
    ...project,
    compose: {
      ...compose,
      services: all,
      networks: [...new Set([...compose.networks, ...Object.keys(networks)])],
      networkFacts: networks,
      volumeFacts: volumes,
    },
  };
}

/** Keys of the volumes that it mounts, sorted. */
function volumeKeysOf({ volumes = [] }: ComposeService): string[] {
  const keys = volumes.flatMap(({ type, source }) =>
    type === 'volume' && source !== undefined ? [source] : [],
  );
  return [...new Set(keys)].sort();
}

/** What Compose made of a service's image. */
function imageFacts({ image, build }: ComposeService): {
  image: string | null;
  hasBuild: boolean;
  buildTags: string[];
} {
  return {
    image: image ?? null,
    hasBuild: build !== undefined && build !== null,
    buildTags: build?.tags ?? [],
  };
}

function escaped({
  image,
  hasBuild,
  buildTags,
}: ReturnType<typeof imageFacts>): Pick<ServiceFacts, 'image' | 'hasBuild' | 'buildTags'> {
  return { image: image === null ? null : asText(image), hasBuild, buildTags: buildTags.map(asText) };
}

/** As text of a file, which variables are put into once more. */
function asText(value: string): string {
  return value.replaceAll('$', '$$$$');
}

/** Labels that Traefik reads, without those that the artifact added; Compose prints a dollar sign doubled. */
function ownLabels(
  { labels = {} }: ComposeService,
  added: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels)
      .map(([key, value]): [string, string] => [key, value.replaceAll('$$', '$')])
      .filter(([key, value]) => isTraefiks(key) && key !== 'traefik.docker.network' && added[key] !== value),
  );
}

function isTraefiks(label: string): boolean {
  return label.toLowerCase().startsWith('traefik.') && label.toLowerCase() !== 'traefik.docker.network';
}

function sameRecord(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
}
