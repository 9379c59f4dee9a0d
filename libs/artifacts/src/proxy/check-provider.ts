import type { Problem, YamlFile } from '@itsup/config';
import { booleanIn, field, fieldKey, subtree, treeOf } from '@itsup/traefik';
import type { ArtifactFile } from '../files/artifact';
import { placeIn } from './place-in';

/** What an option of the provider of labels changes that checks and deploys take for granted. */
interface Option {
  name: string;
  severity: Problem['severity'];
  message: string;
  help: string;
  /** Whether this value of it, undefined where there is none, changes anything. */
  counts(value: unknown): boolean;
}

const isOn = (value: unknown): boolean => booleanIn(String(value)) === true;
const REMOVE = 'take it out';

const OPTIONS: readonly Option[] = [
  {
    name: 'exposedByDefault',
    severity: 'error',
    message: 'without a value Traefik takes its own default and reads every container, enabled or not',
    help: 'write false, which is what is generated, or true',
    counts: (value) => value === null,
  },
  {
    name: 'watch',
    severity: 'error',
    message: 'without it Traefik sees no container that a deploy starts',
    help: REMOVE,
    counts: (value) => booleanIn(String(value)) === false,
  },
  {
    name: 'constraints',
    severity: 'warning',
    message:
      'which containers it keeps out, neither a check nor a deploy knows: it waits in vain for their routes',
    help: 'take it out; `traefik.enable` says what Traefik reads',
    counts: (value) => value !== null && value !== '',
  },
  {
    name: 'defaultRule',
    severity: 'warning',
    message:
      'the routers that it makes are in no check of who has which name, and a deploy keeps no request of theirs',
    help: 'take it out, and give each service a row',
    counts: (value) => value !== MATCHES_NOTHING,
  },
  {
    name: 'useBindPortIP',
    severity: 'warning',
    message:
      'a deploy leads to containers, and waits for them, at their own addresses: it finds others in Traefik',
    help: REMOVE,
    counts: isOn,
  },
];

/** The rule that the template of `traefik.yml` has. */
const MATCHES_NOTHING = '!PathPrefix(`/`)';

/**
 * What the operator's part of Traefik's static configuration says of the provider of labels that nothing here reckons
 * with.
 *
 * @param file `traefik.yml` as Traefik gets it
 * @param override the operator's part of it; null: all is generated
 */
export function providerProblems(file: ArtifactFile, override: YamlFile | null): Problem[] {
  if (override === null) return [];
  const providers = subtree(treeOf(override.data), 'providers');
  return ['docker', 'swarm'].flatMap((provider) => {
    const own = subtree(providers, provider);
    return OPTIONS.filter(
      ({ name, counts }) => fieldKey(own, name) !== undefined && counts(field(own, name)),
    ).map(({ name, severity, message, help }): Problem => ({
      ...{ code: 'provider-option', severity, help },
      message: `providers.${provider}.${name}: ${message}`,
      place: placeIn(file, override, ['providers', provider, name], ['providers', provider]),
    }));
  });
}
