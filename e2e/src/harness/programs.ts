import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Looks for a program that tests run beside the engine.
 *
 * @param variable of the environment: a folder that holds it where PATH does not
 * @returns its path; null: there is none here
 */
export function findProgram(name: string, variable: string): string | null {
  const folders = [process.env[variable] ?? '', ...(process.env['PATH'] ?? '').split(delimiter)];
  return (
    folders
      .filter(Boolean)
      .map((folder) => join(folder, name))
      .find(existsSync) ?? null
  );
}
