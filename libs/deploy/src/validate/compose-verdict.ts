import type { ComposeVariable, Problem, Project } from '@itsup/config';
import { DockerError, type Compose } from '@itsup/docker';
import { blamesPlaceholder } from './placeholders';

/** Compose's message for an `env_file` that is not there; ignored by git, it is on the server alone. */
const ENV_FILE_MISSING = /env file (\S+) not found|(\S+\.env\S*): no such file/;

/**
 * What Compose says of an artifact whose variables have stand-ins. An objection that only the stand-ins or a missing
 * `env_file` explain gives way to Compose's check without interpolation, which reads neither; that one leaves out
 * the checks between services, so what it misses most, a service without anything to run, is looked for here.
 */
export async function composeVerdict(
  compose: Compose,
  variables: readonly ComposeVariable[],
  project: Project | null,
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
  const idle = project === null ? [] : servicesWithNothingToRun(project);
  return envFile === null ? idle : [...idle, envFileNote(envFile[1] ?? envFile[2] ?? '')];
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

/** Services with neither `image` nor `build`, which no engine can start. */
export function servicesWithNothingToRun(project: Project): Problem[] {
  const services = project.compose?.services ?? [];
  return services
    .filter((service) => service.image === null && !service.hasBuild && service.partial !== true)
    .map((service) => ({
      code: 'nothing-to-run',
      severity: 'error',
      message: `service "${service.name}" has neither an image nor a build`,
      help: 'give it an image or a build context',
      place: service.place,
      project: project.name,
    }));
}

function envFileNote(file: string): Problem {
  return {
    code: 'env-file-missing',
    severity: 'warning',
    message: `the env_file ${file} is not here; a deploy needs it`,
    help: 'nothing to do where the project is only validated',
  };
}
