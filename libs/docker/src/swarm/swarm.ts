/** Everything the product asks of an engine in swarm mode. Like `Docker`, it rejects with `DockerError` alone. */
export interface Swarm {
  /**
   * What `docker stack deploy` would read in a stack file: variables expanded, checked by its schema. Asks no engine.
   * Rejects with `stack-invalid` for what the CLI objects to.
   *
   * @param text of the stack file, which may hold values of secrets: it goes to standard input
   * @returns the CLI's reading as YAML, and what it says beside it, line by line; null: the CLI is too
   * old to have the command
   */
  readStackFile(text: string): Promise<{ yaml: string; remarks: string[] } | null>;
}
