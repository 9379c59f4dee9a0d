import { createInterface } from 'node:readline/promises';

/** Asks one question and gives the answer, trimmed. */
export type Ask = (question: string) => Promise<string>;

/**
 * What may be asked of whoever runs the generator; null: nobody is there, or nobody wants to be asked. Nx asks what its
 * schema can say; what to ask next depends on the answers, and a schema knows no such thing.
 */
export function asker(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  isTerminal: boolean,
): { ask: Ask; close: () => void } | null {
  const isQuiet = args.some((arg, index) =>
    arg === '--interactive'
      ? args[index + 1] === 'false'
      : /^--(?:no-interactive|interactive=false)$/.test(arg),
  );
  if (isQuiet || !isTerminal || (env.CI !== undefined && env.CI !== 'false')) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  return {
    ask: async (question) => (await terminal.question(`${question} `)).trim(),
    close: () => terminal.close(),
  };
}
