import type { Question } from '@itsup/scaffold';

/** Asks one question until the answer can be taken; null: whoever is asked wants no more of it. */
export type Ask = (question: Question) => Promise<string | null>;

/**
 * What may be asked of whoever runs the generator; null: nobody is there, or nobody wants to be asked. Nx asks what its
 * schema can say; what to ask next depends on the answers, and a schema knows no such thing.
 */
export function asker(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
): { ask: Ask } | null {
  const isQuiet = args.some((arg, index) =>
    arg === '--interactive'
      ? args[index + 1] === 'false'
      : /^--(?:no-interactive|interactive=false)$/.test(arg),
  );
  if (isQuiet || !isTerminal || (env.CI !== undefined && env.CI !== 'false')) return null;
  return { ask };
}

async function ask({ text: message, choices, example, check }: Question): Promise<string | null> {
  const { isCancel, select, text } = await import('@clack/prompts');
  const answer =
    choices === undefined
      ? await text({
          message,
          ...(example === undefined ? {} : { placeholder: example }),
          validate: (value) => check((value ?? '').trim()) ?? undefined,
        })
      : await select({ message, options: choices, maxItems: 12 });
  return isCancel(answer) ? null : answer.trim();
}
