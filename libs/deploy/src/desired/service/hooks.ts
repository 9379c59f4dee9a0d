import type { Problem } from '@itsup/config';
import type { ComposeModel } from '@itsup/docker';

/** Compose says so where it comes to the hook, with the old container gone by then; here nothing is touched. */
export function hookProblems(project: string, { services }: ComposeModel): Problem[] {
  return Object.entries(services).flatMap(([name, { pre_start: hooks = [] }]) =>
    hooks.flatMap((hook, index): Problem[] =>
      hook.per_replica === true
        ? [
            {
              code: 'hook-per-replica',
              severity: 'error',
              project,
              message: `service ${name}: pre_start[${index}] has \`per_replica: true\`, which Compose does not do yet`,
              help: 'take it out: the hook runs once for all replicas',
            },
          ]
        : [],
    ),
  );
}

/** References of the images that `pre_start` names for containers of its own, by the service's name; each once. */
export function hookImages({ services }: Pick<ComposeModel, 'services'>, service: string): string[] {
  return [...new Set((services[service]?.pre_start ?? []).flatMap(({ image }) => image ?? []))];
}
