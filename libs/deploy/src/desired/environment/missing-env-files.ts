import { existsSync } from 'node:fs';
import path from 'node:path';

import type { Project } from '@itsup/config';

type EnvFile = NonNullable<NonNullable<Project['compose']>['envFiles']>[number];

/**
 * Files of `env_file` that Compose needs and that are not there, each with the line that asks for it: Compose names the
 * first alone, and no line.
 */
export function missingEnvFiles(root: string, project: Pick<Project, 'compose'> | null): EnvFile[] {
  return (project?.compose?.envFiles ?? []).filter(
    ({ path: file, required }) => required && !existsSync(path.resolve(root, file)),
  );
}
