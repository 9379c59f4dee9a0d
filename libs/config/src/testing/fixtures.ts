import { join } from 'node:path';
import type { Problem, Project } from '../index';
import { readProject, readSettings } from '../index';

/** The root of a fixture workspace. */
export function fixture(name: string): string {
  return join(__dirname, '..', '__fixtures__', name);
}

/** Reads project `name` of a fixture with the fixture's own settings. */
export async function readFixture(
  name: string,
  project = 'app',
): Promise<{ project: Project; problems: Problem[] }> {
  return readAt(fixture(name), project);
}

/** Reads project `name` of the workspace at `root` with its own settings. */
export async function readAt(root: string, name: string): Promise<{ project: Project; problems: Problem[] }> {
  const { settings } = await readSettings(root);
  return readProject(root, name, settings);
}

/** `file:line:column code` of each problem; the file without its folder. */
export function outline(problems: readonly Problem[]): string[] {
  return problems.map(({ place, code }) => {
    const where = place ? `${place.file.split('/').at(-1)}:${place.line}:${place.column} ` : '';
    return `${where}${code}`;
  });
}

/** The text that a problem's caret stands under. */
export function meant(problem: Problem | undefined): string | undefined {
  const { place } = problem ?? {};
  return place?.text?.slice(place.column - 1, place.column - 1 + (place.length ?? 1));
}
