import { effectiveName, UserError } from '@itsup/config';

import type { StackSpec } from '../stack/stack-spec';
import type { StackEnvironment } from './environment/environment';

/**
 * Refuses a project whose `name:` Compose would read in another way than everybody here: its records, routes and
 * networks go by the value that the project's `.env` gives.
 * @throws UserError
 */
export function refuseOtherName(
  { stack, project, projectName, directory }: StackSpec,
  { all }: StackEnvironment,
): void {
  const written = project?.compose?.name ?? null;
  if (written === null || !written.includes('$') || all['COMPOSE_PROJECT_NAME'] !== undefined) return;
  const name = effectiveName({ projectName: null, variables: all }, written, directory);
  if (name === projectName) return;
  const place = project?.compose?.projectNamePlace;
  throw new UserError({
    code: 'unknown-project-name',
    severity: 'error',
    project: stack,
    message:
      name === null
        ? `\`name: ${written}\` has no value`
        : `\`name: ${written}\` is ${name} by the environment or the secrets, and ${projectName} by the project’s .env`,
    help: `give its variable a value in ${project?.folder ?? ''}/.env`,
    ...(place && { place }),
  });
}
