import { compareText } from '@itsup/config';
import type { ComposeBuild, ComposeModel } from '@itsup/docker';

import { dockerfileTextOf } from '../../images/base-images';
import type { DesiredStack, StackPlan } from '../../plan/model';
import type { ContextStamp } from '../../state/stamps';
import type { Digester } from '../digest';
import { contextKey } from '../files/stack-files';

/** What the image of a service is built from. */
export interface Build {
  /** Keyed digest of all of it, of what other services' images are built from too. */
  digest: string;
  /** As an earlier version made it, of the service's own context alone; absent: the same. */
  earlierDigest?: string;
  /** Services of the stack whose images it starts from or copies from, sorted. */
  bases: string[];
}

/** What `buildsOf` needs to know of a stack. */
export interface BuildFacts {
  /** By service, and by `contextKey` for additional contexts. */
  contexts: Readonly<Record<string, ContextStamp>>;
  /** The reference of a service's image. */
  imageOf: (service: string) => string;
  /** Digests that the images it starts from are held to. */
  lockedOf: (service: string) => readonly (readonly [image: string, digest: string])[];
  /** The build with its files where their content is. */
  contentOf: (build: ComposeBuild) => ComposeBuild;
  digester: Digester;
}

/** By service that is built. */
export async function buildsOf(model: ComposeModel, facts: BuildFacts): Promise<Map<string, Build>> {
  const built = new Map(
    Object.entries(model.services).flatMap(([name, { build }]) => (build ? [[name, build]] : [])),
  );
  const bases = new Map<string, string[]>();
  for (const [name, build] of built) {
    const words = wordsOf(build, await dockerfileTextOf(facts.contentOf(build)));
    const others = [...built.keys()].filter((other) => other !== name);
    const isBase = (other: string): boolean =>
      words.has(`service:${other}`) || words.has(shortName(facts.imageOf(other)));
    bases.set(name, others.filter(isBase).sort(compareText));
  }
  const digestOf = (name: string, build: ComposeBuild, path: readonly string[]): Build => {
    const own = [build, facts.contexts[name]?.digest, ...facts.lockedOf(name)];
    const contexts = Object.keys(build.additional_contexts ?? {}).flatMap((context) => {
      const digest = facts.contexts[contextKey(name, context)]?.digest;
      return digest === undefined ? [] : [[context, digest]];
    });
    const of = bases.get(name) ?? [];
    const services = of.flatMap((base) => {
      const other = built.get(base);
      return other === undefined || path.includes(base)
        ? []
        : [[base, digestOf(base, other, [...path, base]).digest]];
    });
    const earlierDigest = facts.digester.of(own);
    if (contexts.length === 0 && services.length === 0) return { digest: earlierDigest, bases: of };
    const digest = facts.digester.of([...own, { contexts, services }]);
    return { digest, earlierDigest, bases: of };
  };
  return new Map([...built].map(([name, build]) => [name, digestOf(name, build, [name])]));
}

/**
 * What may be the name of an image in a build, whatever names it: FROM, COPY --from, an argument, a context. More than
 * do, for a build that changes nothing is made from the cache.
 */
function wordsOf({ args, additional_contexts: contexts }: ComposeBuild, dockerfile: string): Set<string> {
  const texts = [dockerfile, ...Object.values(args ?? {}), ...Object.values(contexts ?? {})];
  const words = texts.flatMap((text) => (text ?? '').split(/[\s=,"'{}]+/));
  return new Set(words.map(shortName));
}

/** Several spellings name one image. */
function shortName(image: string): string {
  return image
    .replace(/^docker-image:\/\//, '')
    .replace(/^(?:docker\.io\/)?(?:library\/)?/, '')
    .replace(/:latest$/, '');
}

/** The builds of a plan, with those of idle bases; those of one group can be made side by side, each group in turn. */
export function plannedBuilds(
  { builds, desired }: { builds: ReadonlyMap<string, Build>; desired: Pick<DesiredStack, 'services'> },
  { services }: Pick<StackPlan, 'services'>,
): string[][] {
  return buildWaves(
    services.filter(({ build }) => build).map(({ service }) => service),
    (name) => builds.get(name)?.bases ?? [],
    (name) => desired.services.some((one) => one.name === name && one.replicas === 0),
  );
}

/**
 * Builds in the order in which they are to be made: one that starts from another one's image comes after it. A base of
 * which no container is wanted is built along, for nothing else asks for it.
 *
 * @param asked services
 * @param isIdle no container of the service is wanted
 * @returns groups; those of one can be built side by side
 */
export function buildWaves(
  asked: readonly string[],
  basesOf: (service: string) => readonly string[],
  isIdle: (service: string) => boolean,
): string[][] {
  const wanted = new Set(asked);
  // A set goes on to what is added meanwhile.
  for (const name of wanted) for (const base of basesOf(name)) if (isIdle(base)) wanted.add(base);
  const waves: string[][] = [];
  const open = new Set(wanted);
  while (open.size > 0) {
    const ready = [...open].filter((name) => !basesOf(name).some((base) => base !== name && open.has(base)));
    // Those that start from each other have no order.
    const wave = ready.length > 0 ? ready : [...open];
    waves.push(wave);
    for (const name of wave) open.delete(name);
  }
  return waves;
}
