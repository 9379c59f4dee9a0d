import type { DeployContext } from '@itsup/deploy';
import { deployContext } from '../../deploy-context';
import { interruption } from '../../terminal/interruption';
import type { CommandInput } from '../command';

/** Runs `act` with the deploy layer's view of the world; progress goes to standard error. */
export async function withContext<T>(
  { root, env, tell }: CommandInput,
  act: (context: DeployContext) => Promise<T>,
): Promise<T> {
  const { signal, release } = interruption();
  const line = (stack: string | null, text: string): void =>
    tell(stack === null ? text : `${stack}  ${text}`);
  try {
    return await act(await deployContext({ root, env, signal, reporter: { line } }));
  } finally {
    release();
  }
}
