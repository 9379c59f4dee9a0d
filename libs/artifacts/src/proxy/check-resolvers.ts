import { parse } from 'yaml';
import type { Problem, YamlFile } from '@itsup/config';
import { acmeResolvers, hiddenErrors } from '@itsup/traefik';
import type { ArtifactFile } from '../files/artifact';
import { placeIn } from './place-in';
import { ACME_STORE } from './static-configuration';

/**
 * What of Traefik's static configuration certificates are not looked after with: a resolver that keeps them elsewhere,
 * which no deploy would see, copy or hand over, and where the container may not write; and a log in which nobody finds
 * what an authority refused.
 *
 * @param file `traefik.yml` as Traefik gets it
 * @param override the operator's part of it; null: all is generated
 */
export function resolverProblems(file: ArtifactFile, override: YamlFile | null): Problem[] {
  const configuration = (parse(file.text) ?? {}) as Record<string, unknown>;
  const resolvers = acmeResolvers(configuration);
  const problems = resolvers.flatMap(({ name, storage }): Problem[] => {
    if (storage === ACME_STORE) return [];
    const resolver = ['certificatesResolvers', name, 'acme'];
    return [
      {
        code: 'acme-storage',
        severity: 'error',
        message: `the resolver ${name} keeps its certificates in ${storage}, where no deploy keeps, mends or hands them over`,
        help: `storage: ${ACME_STORE}`,
        place: placeIn(file, override, [...resolver, 'storage'], resolver),
      },
    ];
  });
  const hidden = resolvers.length === 0 ? null : hiddenErrors(configuration);
  if (hidden !== null) {
    problems.push({
      code: 'refusals-hidden',
      severity: 'warning',
      message: `with log.${hidden} a deploy does not see what an authority refuses: it waits for each certificate until its time is up, and a refused name is asked for again at each change`,
      help:
        hidden === 'filePath'
          ? 'take it out: Traefik’s log belongs to the container (itsup logs proxy traefik)'
          : 'ERROR or a lower level',
      place: placeIn(file, override, ['log', hidden], ['log']),
    });
  }
  return problems;
}
