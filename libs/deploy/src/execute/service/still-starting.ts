import { StillStartingError } from '../../run/failure/still-starting-error';

/**
 * The error for containers that were left running although they are not ready.
 * @param service null: of several that were started together
 * @param why names the container
 */
export function stillStarting(
  stack: string,
  service: string | null,
  why: string,
  details: string[],
): StillStartingError {
  const deadline = `x-itsup: {start: {deadline: 10m}} on ${service ?? 'the service'}`;
  return new StillStartingError(
    {
      code: 'still-starting',
      severity: 'error',
      project: stack,
      message: `${stack}: ${why}; it was left running, for it may be at work on its data`,
      help:
        `follow it with: itsup logs ${stack}; once it serves, itsup deploy ${stack} says so. ` +
        `Longer: ${deadline}; back: itsup rollback ${stack}`,
    },
    details,
  );
}
