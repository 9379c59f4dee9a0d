import { compareText, UserError } from '@itsup/config';
import { hangsOnOf } from '@itsup/docker';

import { baseImagesOf } from '../images/base-images';
import { isHeldContent } from '../images/image-lock';
import { notRolledFacts } from '../plan/service/not-rolled';
import { fixedPorts } from '../plan/taken-ports';
import type { DesiredService } from '../plan/model';
import { PROXY_STACK } from '../requests';
import type { StackSpec } from '../stack/stack-spec';
import {
  aspectsOf,
  dependenciesOf,
  networksOf,
  ownNetworksOf,
  ownVolumesOf,
  replicasOf,
} from './service/definition';
import { buildsOf } from './service/builds';
import { folderForFileText, foldersForFiles } from './files/folder-for-file';
import { dataFiles } from './files/own-files';
import { imageNameOf } from './service/image-name';
import { imageVolumeAspects, imageVolumesOf, mountedImagesOf } from './service/image-volumes';
import { firstDue, lockedOf, refuseAbsent, unlockedNote } from './service/image-needs';
import { declaredInputs, environmentInput } from './inputs';
import { missingFiles, sourcesOnHost } from './service/missing-sources';
import { explained } from './environment/missing-values';
import type { LoadedStack, LoadOptions } from './loaded-stack';
import { composeOf, projectCompose } from './project-compose';
import { refuseForbidden } from './refuse-forbidden';
import { refuseOtherName } from './project-name';
import { imageSources } from './service/pull-policy';
import { contentBuild, contentPath } from './files/relocation';
import { hashesOf, isModel, NO_HASHES, readModel } from './read-model';
import {
  envFilesOf,
  filesOf,
  mountedContents,
  ownEnvFiles,
  readTexts,
  stampAll,
  stampContexts,
} from './files/stack-files';
import { NO_OPTIONS, readOptions } from '../stack/service-options';
import { variableNamesIn, undefinedVariables, variableUsesIn } from './environment/variables';

/**
 * Has Compose resolve the stack's model and gathers everything beside it that a container's definition depends on.
 * @throws UserError for variables without a value and for options that are not understood, DockerError for the rest
 */
export async function loadDesired(spec: StackSpec, options: LoadOptions): Promise<LoadedStack> {
  const { environment, stack, followed } = await projectCompose(spec, options);
  if (options.restored === undefined) refuseOtherName(spec, environment);
  const compose = composeOf(options.docker, spec, stack, options.restored);
  const sources = readTexts(spec.sources);
  const [model, hashes] = await Promise.all([
    readModel(compose, options.relocation).catch((error: unknown) => error),
    options.unknown.length > 0 ? hashesOf(compose, options) : Promise.resolve(NO_HASHES),
  ]);
  const followedTexts = readTexts(followed.sources);
  const uses = [...sources.values(), ...followedTexts.values()].flatMap(variableUsesIn);
  if (!isModel(model)) throw explained(model, options.root, spec, uses, environment);
  const joined = refuseForbidden(spec, model, options);

  const files = await stampAll(
    [
      ...new Set([
        ...filesOf(spec, model, environment),
        ...followed.sources,
        ...followed.envFiles,
        ...ownEnvFiles(spec, options),
      ]),
    ].sort(compareText),
    options,
  );
  const contexts = await stampContexts(model, options);
  const data = await dataFiles(model, options);
  const read = new Set([
    ...Object.values({ ...model.configs, ...model.secrets }).map(({ file }) => file),
    ...spec.sources,
    ...envFilesOf(spec, environment),
    ...followed.sources,
    ...followed.envFiles,
  ]);
  const isOnlyData = (path: string): boolean => data.has(path) && !read.has(path);
  const contents = mountedContents(files, model, environment, options, data);
  const nameOfImage = (name: string): string => imageNameOf(name, model, environment.all);
  const imageOf = (name: string): string => options.images?.[name] ?? nameOfImage(name);
  const imageIds = await options.docker.inspectImages(Object.keys(model.services).map(imageOf));
  const imageVolumes = imageVolumesOf(model, nameOfImage);
  const mountedImages = await mountedImagesOf(options.docker, imageVolumes, options.lock);
  const serviceSettings = readOptions(spec.stack, model);
  const baseImages = new Map<string, string[]>();
  for (const [name, { build }] of Object.entries(model.services)) {
    if (build) baseImages.set(name, await baseImagesOf(contentBuild(build, options.relocation)));
  }
  const builds = await buildsOf(model, {
    contexts,
    imageOf: nameOfImage,
    lockedOf: (name) => lockedOf(baseImages.get(name), options.lock),
    contentOf: (build) => contentBuild(build, options.relocation),
    digester: options.digester,
  });
  const images = imageSources(
    model.services,
    imageOf,
    (image) => imageIds.get(image)?.lastTagged ?? null,
    (name) => options.images?.[name] !== undefined,
  );
  refuseAbsent(spec.stack, model, images, (name) => imageIds.has(imageOf(name)));
  const host = sourcesOnHost(spec, options.root, options.relocation);
  const missing = host === null ? [] : missingFiles(model, host);
  if (missing.length > 0) throw new UserError(missing);
  const services = Object.entries(model.services).map(([name, service]): DesiredService => {
    const image = imageOf(name);
    const build = options.images?.[name] === undefined ? builds.get(name) : undefined;
    const present = imageIds.get(image);
    const source = images.get(name);
    const locked = source?.isFetched === true ? options.lock.get(image) : undefined;
    const isWanted = source?.isFetched !== true || isHeldContent(options.lock, image, present);
    return {
      name,
      image,
      imageId: isWanted ? (present?.id ?? null) : null,
      ...(locked === undefined ? {} : { locked }),
      buildDigest: build?.digest ?? null,
      ...(build?.earlierDigest !== undefined && { earlierBuildDigest: build.earlierDigest }),
      built: options.built.has(name),
      pulls:
        source?.isFetched === true &&
        locked === undefined &&
        (options.pull || (source.dueAt !== null && source.dueAt <= options.now)),
      ...(source?.isLocal === true && { isLocal: true as const }),
      ...(source?.rebuilds === true && { rebuilds: true as const }),
      replicas: replicasOf(service),
      aspects: {
        ...aspectsOf(name, model, contents, options.digester),
        ...imageVolumeAspects(imageVolumes.get(name), mountedImages),
      },
      definition: hashes[name] ?? null,
      networks: networksOf(name, model).map(({ key: _key, ...use }) => use),
      dependsOn: dependenciesOf(name, model),
      hangsOn: hangsOnOf(service).filter((on) => on.service in model.services),
      hooks: {
        preStart: service.pre_start?.length ?? 0,
        postStart: service.post_start?.length ?? 0,
        preStop: service.pre_stop?.length ?? 0,
      },
      notRolled: notRolledFacts(
        name,
        model.services,
        serviceSettings.get(name) ?? NO_OPTIONS,
        spec.stack === PROXY_STACK,
      ),
      ...(serviceSettings.get(name)?.rollout === true && { isRolloutAsked: true as const }),
      ports: fixedPorts(service),
      mayFinish: ['no', 'on-failure', ''].includes((service.restart ?? 'no').split(':')[0] ?? ''),
    };
  });
  const envFiles = [...envFilesOf(spec, environment), ...followed.envFiles];
  const texts = [...sources.values(), ...followedTexts.values(), ...readTexts(envFiles).values()];
  const names = variableNamesIn(texts, options.env);
  const unset = undefinedVariables(uses, environment.all);
  return {
    spec,
    desired: {
      stack: spec.stack,
      projectName: spec.projectName,
      services: services.sort((a, b) => compareText(a.name, b.name)),
      inactiveServices: (spec.project?.compose?.services ?? [])
        .map((service) => service.name)
        .filter((name) => !(name in model.services)),
      edges: spec.edges,
      ownNetworks: ownNetworksOf(model, options.digester),
      ownVolumes: ownVolumesOf(model, options.digester),
    },
    model,
    sources,
    compose,
    environment,
    options: serviceSettings,
    lock: options.lock,
    inputs: {
      declared: declaredInputs(spec, options, options.digester),
      // The content of a service's data is nobody's edit. That it went or came is one.
      files: files.filter(({ path, stamp }) => stamp === null || !isOnlyData(path)),
      contexts,
      variables: names,
      environment: environmentInput(names, options),
      pullsAt: firstDue(services, images),
      ...(imageVolumes.size > 0 && { mountedImages }),
    },
    notes: [
      ...(unset.length > 0 ? [`no value for ${unset.join(', ')}: Compose puts nothing in its place`] : []),
      ...unlockedNote(services, options.lock),
      ...joined.map(({ message }) => message),
      ...folderNotes(spec, options, environment.all),
    ],
    baseImages,
    builds,
    imageVolumes,
  };
}

/** Of the operator's own files: a rollback brings back what there was. */
function folderNotes(
  { project }: StackSpec,
  { root, relocation, restored }: LoadOptions,
  env: Readonly<Record<string, string>>,
): string[] {
  if (restored !== undefined) return [];
  const found = foldersForFiles(root, project?.compose?.paths ?? [], env, (file) =>
    contentPath(file, relocation),
  );
  return found.map((one) => `${one.place.file}:${one.place.line}: ${folderForFileText(one)}`);
}
