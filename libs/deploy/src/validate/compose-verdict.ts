import type { ComposeVariable, Problem } from '@itsup/config';
import { DockerError, type Compose } from '@itsup/docker';
import { blamesPlaceholder, fittingWord, placeholderEnvironment } from './placeholders';

/** Compose's message for an `env_file` that is not there; ignored by git, it is on the server alone. */
const ENV_FILE_MISSING = /env file (\S+) not found|(\S+\.env\S*): no such file/;

/** Each takes one stand-in back; a file with more of them is checked without interpolation. */
const MAX_WORDS = 12;

export interface VerdictRequest {
  /** Compose on the artifact, with these variables on top. */
  compose(env: Record<string, string>): Pick<Compose, 'configQuiet'>;
  /** Those that need a stand-in. */
  variables: readonly ComposeVariable[];
  /** What else has to be sound where Compose has no objection: asked with the stand-ins that it took. */
  further?(env: Record<string, string>): Promise<Problem[]>;
}

/**
 * What Compose says of an artifact whose variables have stand-ins. Where only some words fit, Compose names them, and
 * one of them becomes the stand-in. Where only the stand-ins or a missing `env_file` explain an objection, Compose's
 * check without interpolation decides, which reads neither. That one leaves out the checks between services; what it
 * would miss most, a service without anything to run, readProject has found before.
 */
export async function composeVerdict({ compose, variables, further }: VerdictRequest): Promise<Problem[]> {
  const env = placeholderEnvironment(variables);
  let objection = await objectionOf(compose(env), true);
  for (let words = 0; objection !== null && words < MAX_WORDS; words += 1) {
    const name = misfit(objection.message, variables);
    const word = fittingWord(objection.message);
    if (name === undefined || word === null || env[name] === word) break;
    env[name] = word;
    objection = await objectionOf(compose(env), true);
  }
  if (objection === null) return further?.(env) ?? [];
  const envFile = ENV_FILE_MISSING.exec(objection.message);
  if (envFile === null && !(variables.length > 0 && blamesPlaceholder(objection.message))) {
    return [objection];
  }
  const second = await objectionOf(compose(env), false);
  // A file that only a variable's value names cannot be followed here.
  if (second !== null && /\$\{?\w+.*: no such file/.test(second.message)) return [undecided()];
  if (second !== null) return [second];
  return [
    ...(envFile === null ? [] : [envFileNote(envFile[1] ?? envFile[2] ?? '')]),
    ...(further === undefined ? [] : [furtherUndecided()]),
  ];
}

/** The variable whose stand-in is no word for the key that the message names. */
function misfit(message: string, variables: readonly ComposeVariable[]): string | undefined {
  const path = /\b(?:services|networks|volumes|configs|secrets)(?:[.[][^\s':,]+)+/.exec(message)?.[0] ?? '';
  const key = path
    .split(/[.[\]]+/)
    .filter((word) => word !== '' && !/^\d+$/.test(word))
    .at(-1);
  return variables.find(({ optional, keys }) => !optional && key !== undefined && keys.includes(key))?.name;
}

async function objectionOf(
  compose: Pick<Compose, 'configQuiet'>,
  interpolate: boolean,
): Promise<Problem | null> {
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

function undecided(): Problem {
  return {
    code: 'not-decided',
    severity: 'note',
    message: 'a file is named by a variable without a value here: what it says is checked by plan and deploy',
    help: 'give the variable a default, or a value in a .env that git has',
  };
}

function furtherUndecided(): Problem {
  return {
    code: 'not-decided',
    severity: 'note',
    message:
      'what a swarm makes of it is not checked here, where a value is missing: plan and deploy check it',
    help: 'nothing to do, or give the variables defaults',
  };
}

function envFileNote(file: string): Problem {
  return {
    code: 'env-file-missing',
    severity: 'warning',
    message: envFileMissing(file),
    help: 'create it on the server; nothing to do where the project is only validated',
  };
}

/** Ignored by git, it may be on the server alone. */
export function envFileMissing(file: string): string {
  return `the env_file ${file} is not here; a deploy needs it`;
}
