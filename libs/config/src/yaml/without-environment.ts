/**
 * Runs what asks for variables of the environment over and over and needs none: `yaml` 2.9 looks at every token whether
 * LOG_TOKENS is set (`next` in its `parse/parser.js`), and each look is a call into the system's environment, together
 * a fifth of the time of parsing.
 *
 * @param act synchronous: nobody else sees that the environment is empty
 */
export function withoutEnvironment<T>(act: () => T): T {
  const { env } = process;
  process.env = {};
  try {
    return act();
  } finally {
    process.env = env;
  }
}
