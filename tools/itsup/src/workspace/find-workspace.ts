import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pluginEntry, settingsOf, type Settings } from './plugin-options';

/** An Nx workspace that the plugin is part of. */
export interface ItsupWorkspace {
  /** Where nx.json is. */
  nxRoot: string;
  /** Where `projects/` is: the same, or the plugin's `directory` in it. What the layers call the workspace's root. */
  root: string;
  settings: Settings;
}

/**
 * The nearest workspace that names the plugin: `ITSUP_ROOT`, which units set, else from where the person stands
 * upwards, else from where the command lies, so that a path to it works from anywhere. null: there is none.
 */
export function findWorkspace(
  env: NodeJS.ProcessEnv,
  cwd: string,
  own: string = __dirname,
): ItsupWorkspace | null {
  const named = env.ITSUP_ROOT;
  if (named !== undefined && named !== '') return workspaceAbove(resolve(cwd, named));
  return workspaceAbove(cwd) ?? workspaceAbove(own);
}

function workspaceAbove(from: string): ItsupWorkspace | null {
  const entry = pluginEntry(readNxJson(from));
  if (entry !== undefined) return workspaceAt(from);
  const parent = dirname(from);
  return parent === from ? null : workspaceAbove(parent);
}

/** The workspace in this folder, whatever its nx.json says. */
export function workspaceAt(nxRoot: string): ItsupWorkspace {
  const settings = settingsOf(pluginEntry(readNxJson(nxRoot)) ?? undefined);
  return { nxRoot, root: join(nxRoot, settings.prefix).replace(/(?<=.)\/$/, ''), settings };
}

function readNxJson(folder: string): unknown {
  const file = join(folder, 'nx.json');
  return existsSync(file) ? parseNxJson(readFileSync(file, 'utf8')) : undefined;
}

/** nx.json may have comments, as every file that Nx reads. undefined: it is no JSON all the same. */
export function parseNxJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(withoutComments(text));
    } catch {
      return undefined;
    }
  }
}

/** Comments and trailing commas out, strings as they are. */
function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, kept?: string) => kept ?? '')
    .replace(/("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])/g, (_, kept?: string) => kept ?? '');
}
