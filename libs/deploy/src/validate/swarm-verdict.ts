import { locateMember, type Place, type Problem, type Project } from '@itsup/config';
import { DockerError, type ComposeModel, type Docker } from '@itsup/docker';

import { findRefusals } from '../swarm/refusals/find-refusals';
import { refusedProblems } from '../swarm/refusals/refused-problems';
import { swarmNotes } from '../swarm/swarm-notes';
import { toStack } from '../swarm/to-stack';

export interface SwarmVerdictRequest {
  root: string;
  project: Project;
  /** Compose files of the project from the workspace root. */
  files: readonly string[];
  /** By Compose, with stand-ins for the values of variables. */
  model: ComposeModel;
  docker: Pick<Docker, 'swarm'>;
}

/** A digest that a name of a config holds; what it is of is not known without the secrets. */
const STAND_IN = '000000000000';

/** What a swarm would not do as Compose does, at its line; where that is nothing, what `docker stack` says to it. */
export async function swarmVerdict(request: SwarmVerdictRequest): Promise<Problem[]> {
  const { root, project, files, model, docker } = request;
  const services = project.compose?.services ?? [];
  const placeOf = (path: readonly string[], entries?: number): Place | undefined =>
    locateMember(root, files, path, entries) ?? services.find(({ name }) => name === path[1])?.place;
  const refused = findRefusals(model);
  if (refused.length > 0) return refusedProblems(project.name, refused, placeOf);
  const stack = toStack(model, {
    image: (service) => model.services[service]?.image ?? `${model.name}-${service}`,
    order: () => 'stop-first',
    fileObject: (_kind, key) => `${model.name}_${key}_${STAND_IN}`,
  });
  const notes = swarmNotes(project.name, model, placeOf);
  try {
    const read = await docker.swarm.readStackFile(JSON.stringify(stack));
    return read === null ? [...notes, tooOldNote(project.name)] : notes;
  } catch (error) {
    if (!DockerError.is(error, 'stack-invalid')) throw error;
    const place = placeNamed(error.fault.reason, placeOf);
    return [
      {
        code: error.code,
        severity: 'error',
        project: project.name,
        message: error.message,
        help: error.help,
        ...(place && { place }),
      },
    ];
  }
}

/** The CLI names a value by its path: `services.web.deploy.update_config.order must be …`. */
function placeNamed(
  reason: string,
  placeOf: (path: readonly string[]) => Place | undefined,
): Place | undefined {
  const dotted = /\b(?:services|networks|volumes|configs|secrets)(?:\.[\w-]+)+/.exec(reason)?.[0];
  return dotted === undefined ? undefined : placeOf(dotted.split('.'));
}

function tooOldNote(project: string): Problem {
  return {
    code: 'checked-without-stack-config',
    severity: 'note',
    project,
    message:
      'what the project comes to on a swarm was not checked by Docker: this docker has no `stack config`',
    help: 'install a current Docker CLI where you validate; a deploy finds out otherwise',
  };
}
