import type { ComposeVariable, Problem } from '@itsup/config';
import { DockerError, type Compose } from '@itsup/docker';
import { blamesPlaceholder } from './placeholders';

/** Compose's message for an `env_file` that is not there; ignored by git, it is on the server alone. */
const ENV_FILE_MISSING = /env file (\S+) not found|(\S+\.env\S*): no such file/;

/**
 * What Compose says of an artifact whose variables have stand-ins. An objection that only the stand-ins or a missing
 * `env_file` explain gives way to Compose's check without interpolation, which reads neither. That one leaves out the
 * checks between services; what it would miss most, a service without anything to run, readProject has found before.
 */
export async function composeVerdict(
  compose: Compose,
  variables: readonly ComposeVariable[],
): Promise<Problem[]> {
  const objection = await objectionOf(compose, true);
  if (objection === null) {
    return [];
  }
  const envFile = ENV_FILE_MISSING.exec(objection.message);
  if (envFile === null && !(variables.length > 0 && blamesPlaceholder(objection.message))) {
    return [objection];
  }
  const second = await objectionOf(compose, false);
  if (second !== null) {
    return [second];
  }
  return envFile === null ? [] : [envFileNote(envFile[1] ?? envFile[2] ?? '')];
}

async function objectionOf(compose: Compose, interpolate: boolean): Promise<Problem | null> {
  try {
    await compose.configQuiet({ interpolate });
    return null;
  } catch (error) {
    if (DockerError.is(error, 'compose-invalid') || DockerError.is(error, 'variable-missing')) {
      return { code: error.code, severity: 'error', message: error.fault.reason, help: error.help };
    }
    throw error;
  }
}

function envFileNote(file: string): Problem {
  return {
    code: 'env-file-missing',
    severity: 'warning',
    message: `the env_file ${file} is not here; a deploy needs it`,
    help: 'nothing to do where the project is only validated',
  };
}
