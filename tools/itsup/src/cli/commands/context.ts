import type { DeployContext } from '@itsup/deploy';
import { deployContext } from '../../deploy-context';
import { interruption } from '../../terminal/interruption';
import { createProgress, overwritable, type Progress } from '../../terminal/progress';
import type { CommandInput } from '../command';

/** Runs `act` with the deploy layer's view of the world; progress goes to standard error. */
export async function withContext<T>(
  { root, env, tell }: CommandInput,
  act: (context: DeployContext, progress: Progress) => Promise<T>,
): Promise<T> {
  const { signal, release } = interruption();
  const progress = createProgress(overwritable(env, process.stderr), (stack, text) =>
    tell(stack === null ? text : `${stack}  ${text}`),
  );
  try {
    return await act(await deployContext({ root, env, signal, reporter: progress }), progress);
  } finally {
    progress.close();
    release();
  }
}
