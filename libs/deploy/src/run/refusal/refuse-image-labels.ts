import { UserError, type Problem, type ServiceFacts } from '@itsup/config';
import { exposedByDefault } from '@itsup/routing';
import { enabledByLabels } from '@itsup/traefik';

import type { LoadedStack } from '../../desired/loaded-stack';
import { hookImages } from '../../desired/service/hooks';
import type { StackPlan } from '../../plan/model';
import type { Run } from '../run';

/**
 * Labels that an image brings (`LABEL` of a Dockerfile, `build: {labels}`) are its containers' labels, where no file
 * says otherwise, and Traefik reads them. No table has compared them with what others claim, so they are refused
 * before a container has them: asked when the images are there, and nothing was touched yet.
 * @throws UserError
 */
export async function refuseImageLabels(
  run: Run,
  { spec, model, desired }: LoadedStack,
  { services }: StackPlan,
): Promise<void> {
  const { project } = spec;
  if (project === null) return;
  const made = new Set(services.flatMap(({ service, action }) => (action === 'none' ? [] : [service])));
  const wanted = desired.services
    .filter(({ name }) => made.has(name))
    .map(({ name, image }) => ({ name, images: [image, ...hookImages(model, name)] }));
  if (wanted.length === 0) return;
  const present = await run.context.docker.inspectImages([
    ...new Set(wanted.flatMap(({ images }) => images)),
  ]);
  const labelsOf = (image: string): Readonly<Record<string, string>> => present.get(image)?.labels ?? {};
  const isExposed = exposedByDefault(run.request.workspace.settings);
  const problems = wanted.flatMap(({ name, images: [own = '', ...ofHooks] }) => {
    const facts = project.compose?.services.find((each) => each.name === name);
    const written = model.services[name]?.labels ?? {};
    return [
      ...imageLabelProblem(
        { project: spec.stack, service: name, image: own, facts },
        labelsOf(own),
        written,
        isExposed,
      ),
      // Compose gives the container of a hook none of the service's labels.
      ...ofHooks.flatMap((image) =>
        imageLabelProblem(
          { project: spec.stack, service: name, image, facts },
          labelsOf(image),
          {},
          isExposed,
        ),
      ),
    ];
  });
  if (problems.length > 0) throw new UserError(problems);
}

interface Whose {
  project: string;
  service: string;
  image: string;
  facts: ServiceFacts | undefined;
}

/** @param written labels of the Compose file with what is added to it, which win over the image's */
function imageLabelProblem(
  { project, service, image, facts }: Whose,
  labels: Readonly<Record<string, string>>,
  written: Readonly<Record<string, string>>,
  isExposed: boolean,
): Problem[] {
  const own = Object.keys(labels).filter(
    (label) => label.toLowerCase().startsWith('traefik.') && !Object.hasOwn(written, label),
  );
  if (own.length === 0 || !(enabledByLabels({ ...labels, ...written }) ?? isExposed)) return [];
  return [
    {
      code: 'label-of-image',
      severity: 'error',
      message: `the image ${image} of service ${service} has labels of its own that Traefik would read: ${own.sort().join(', ')}`,
      help: 'write them under labels: in the Compose file, where they are compared with what other projects claim, or take them out of the image',
      ...(facts && { place: facts.place }),
      project,
    },
  ];
}
