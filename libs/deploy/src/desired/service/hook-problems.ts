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
