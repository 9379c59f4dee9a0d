import { UserError, type Problem } from '@itsup/config';
import { DockerError } from '@itsup/docker';

import type { StackSpec } from '../../stack/stack-spec';
import type { StackEnvironment } from './environment';
import { missingEnvFiles } from './missing-env-files';
import { secretsContextOf } from './secrets';
import { missingRequired, type VariableUse } from './variables';

/** Names every variable that lacks a value, where Compose names the first alone. */
export function explained(
  error: unknown,
  root: string,
  spec: StackSpec,
  uses: VariableUse[],
  environment: StackEnvironment,
): unknown {
  if (DockerError.is(error, 'compose-invalid') && /env file .*not found/.test(error.fault.reason)) {
    const absent = absentEnvFiles(spec, root);
    return absent.length > 0 ? new UserError(absent) : error;
  }
  if (!DockerError.is(error, 'variable-missing')) return error;
  const missing = missingRequired(uses, environment.all);
  if (missing.length === 0) return error;
  return new UserError(
    missing.map(({ name, message }): Problem => ({
      code: 'variable-missing',
      severity: 'error',
      project: spec.stack,
      message: `${spec.stack} needs a value for ${name}${message ? `: ${message}` : ''}`,
      help: `set it in secrets/${secretsContextOf(spec.stack)}.env, in the project's .env, or in the environment`,
    })),
  );
}

function absentEnvFiles({ stack, project }: StackSpec, root: string): Problem[] {
  return missingEnvFiles(root, project).map(({ path: file, place }) => ({
    code: 'env-file-missing',
    severity: 'error',
    project: stack,
    message: `the env_file ${file} is not there`,
    help: `create it, or let Compose do without: {path: …, required: false}`,
    place,
  }));
}
