import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readWorkspace, type Problem } from '@itsup/config';
import { routeWorkspace } from '@itsup/routing';
import { projectArtifactPaths, proxyArtifactPaths } from '../files/artifact';
import { generateStacks } from '../generate-stacks';
import { WORKSPACE } from './build';

/** What the real way from files to files comes to. */
export interface Generated {
  /** Of the reading, of the routing, and of every stack. */
  problems: Problem[];
  /** Every artifact that is there, by its path from the workspace root. */
  artifacts: Map<string, string>;
}

/** Generates every stack of the workspace at `root`, with the templates that ship. */
export async function generateWorkspace(root: string): Promise<Generated> {
  cpSync(join(WORKSPACE, 'templates'), join(root, 'templates'), { recursive: true });
  const workspace = await readWorkspace(root);
  const problems = [...workspace.problems, ...routeWorkspace(workspace).problems];
  const names = workspace.projects.map(({ name }) => name);
  await generateStacks(root, [...names, 'proxy'], (outcome) => problems.push(...outcome.problems));
  const paths = [...names.flatMap(projectArtifactPaths), ...proxyArtifactPaths()];
  const written = paths.filter((path) => existsSync(join(root, path)));
  return {
    problems,
    artifacts: new Map(written.map((path) => [path, readFileSync(join(root, path), 'utf8')])),
  };
}

/** Writes files of a workspace, by their path from its root. */
export function writeFiles(root: string, files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

export const errorsOf = (problems: readonly Problem[]): Problem[] =>
  problems.filter(({ severity }) => severity === 'error');
