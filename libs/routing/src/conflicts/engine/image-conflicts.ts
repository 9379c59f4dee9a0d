import { listed, interpolate, isActive, type Isolation, type Problem, type Settings } from '@itsup/config';
import { composeProjectName } from '../../names/compose-name';
import { collect } from '../../names/order';
import { HONEYPOT_IMAGE, imageName, proxyImages } from '../../names/proxy-images';
import type { Lookups } from '../circumstances';
import {
  claimKey,
  compareParties,
  conflictAt,
  holding,
  noteAt,
  type Conflict,
  type Party,
  type RoutedProject,
} from '../conflict';

/** An image by its name on the engine, and a service that is built as it or runs it. */
export interface NamedImage {
  name: string;
  party: Party & { project: string };
  isBuilt: boolean;
}

/** The images of these projects; one whose name only a deploy knows is left out. */
export function namedImages(routed: readonly RoutedProject[], lookups: Lookups): NamedImage[] {
  return routed.flatMap(({ project }): NamedImage[] => {
    const { compose } = project;
    if (!project.enabled || compose === null) return [];
    const lookup = lookups(project.name) ?? (() => undefined);
    return compose.services.flatMap((service): NamedImage[] => {
      if (!isActive(compose, service)) return [];
      const party = {
        project: project.name,
        label: `${project.name}:${service.name}`,
        place: service.place,
      };
      const generated = service.hasBuild ? `${composeProjectName(project)}-${service.name}` : '';
      const names = [service.image ?? generated, ...(service.buildTags ?? [])].flatMap((text) => {
        const name = interpolate(text, lookup) ?? '';
        return name === '' ? [] : [imageName(name)];
      });
      return [...new Set(names)].map((name) => ({ name, party, isBuilt: service.hasBuild }));
    });
  });
}

/**
 * What is built under the name of an image that the proxy runs, and, where isolation is strict, that another project
 * runs or builds: its next deploy would run that.
 */
export function imageConflicts(images: readonly NamedImage[], settings: Settings): Conflict[] {
  const reserved = new Set(Object.values(proxyImages(settings)).map(imageName));
  const proxy: Party = { project: null, label: 'the proxy', place: null };
  const ofProxy = images
    .filter(({ name, isBuilt }) => isBuilt && (reserved.has(name) || name.startsWith(`${HONEYPOT_IMAGE}:`)))
    .map(({ name, party }) => conflictAt(party, [proxy], words(name, party, [proxy]), here));
  if (settings.isolation !== 'strict') return ofProxy;
  const ofProjects = sharedImages(images).map(({ name, builder, others }) =>
    conflictAt(
      holding(builder, claimKey('image', name)),
      others.map(({ party, isBuilt }) => holding(party, claimKey(isBuilt ? 'image' : 'runs', name))),
      words(
        name,
        builder,
        others.map(({ party }) => party),
      ),
      here,
      // Who builds it changes what the others run.
      others.some(({ isBuilt }) => isBuilt) ? [] : [builder.project],
    ),
  );
  return [...ofProxy, ...ofProjects];
}

/** The same among projects that trust each other: said, and no more. */
export function imageNotes(images: readonly NamedImage[], isolation: Isolation): Problem[] {
  if (isolation === 'strict') return [];
  return sharedImages(images).map(({ name, builder, others }) => {
    const parties = others.map(({ party }) => party);
    return noteAt(builder, parties, { ...words(name, builder, parties), code: 'image-shared' });
  });
}

/** Images that one project builds and another one builds or runs. */
function sharedImages(
  images: readonly NamedImage[],
): { name: string; builder: NamedImage['party']; others: NamedImage[] }[] {
  const byName = new Map<string, NamedImage[]>();
  for (const image of images) collect(byName, image.name, image);
  return [...byName].flatMap(([name, all]) => {
    const builder = all
      .filter(({ isBuilt }) => isBuilt)
      .map(({ party }) => party)
      .sort(compareParties)
      .at(-1);
    if (builder === undefined) return [];
    const others = all
      .filter(({ party }) => party.project !== builder.project)
      .sort((a, b) => compareParties(a.party, b.party));
    return others.length === 0 ? [] : [{ name, builder, others }];
  });
}

function words(
  name: string,
  builder: Party,
  others: readonly Party[],
): Required<Pick<Problem, 'code' | 'message' | 'help'>> {
  return {
    code: 'image-conflict',
    message: `${builder.label} is built as ${name}, which ${listed(others.map(({ label }) => label))} would run from then on`,
    help: 'give the image that is built a name of its own, or none',
  };
}

function here({ label }: Party): string {
  return `${label} is here`;
}
