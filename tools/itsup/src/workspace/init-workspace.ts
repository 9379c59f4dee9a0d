import { UserError } from '@itsup/config';
import { hiddenFromNx } from '../nx-guard/nx-ignore';
import { parseNxJson } from './find-workspace';
import { pluginEntry, settingsOf, TARGETS, type PluginOptions } from './plugin-options';

/** A workspace that the plugin is to become part of. */
export interface InitRequest {
  read(file: string): string | null;
  list(folder: string): string[];
  /** Text of a first `itsup.yml`. */
  settings: string;
  /** Where `projects/` is to be; undefined: the root where nothing else is, else a folder of its own. */
  directory?: string | undefined;
}

export interface InitResult {
  /** Text by path from the workspace root. */
  files: Map<string, string>;
  /** What to know and to do next; lines. */
  notes: string[];
}

/** Folder of ours in a workspace of other things. */
const OWN_FOLDER = 'infra';
const IGNORED = [
  'upstream/*',
  'proxy/*',
  'secrets/*',
  '!secrets/README.md',
  '!secrets/*.enc.env',
  '!secrets/*.enc.txt',
];
const SECRETS = `# Secrets

Values that no Compose file may hold, one file a project: \`blog.env\`, \`NAME=value\` a line, mode 600. Git takes
encrypted ones alone: \`blog.enc.env\`, by SOPS. \`itsup.env\` is the host's. More: the documentation, Secrets.
`;

/**
 * What is missing for the plugin to work in a workspace: its entry in nx.json, a folder for projects, and what git and
 * Nx must not see. Done again it changes nothing. Other files and other lines stay as they are.
 *
 * @throws UserError where nx.json cannot be read, or has the plugin in another directory
 */
export function initWorkspace({ read, list, settings, directory }: InitRequest): InitResult {
  const text = read('nx.json');
  const nxJson = text === null ? {} : parseNxJson(text);
  if (typeof nxJson !== 'object' || nxJson === null)
    throw flaw('nx.json is no JSON', 'mend it, then try again');
  const present = pluginEntry(nxJson);
  const options = present ?? (present === undefined ? firstOptions(nxJson, { read, list, directory }) : {});
  const { prefix, flaw: wrong } = settingsOf(options);
  if (wrong !== null) throw flaw(wrong, 'correct them there, or leave --directory out');
  if (directory !== undefined && settingsOf({ directory }).prefix !== prefix) {
    throw flaw(
      `projects/ is in ${prefix || 'the root'} already, as nx.json says`,
      'leave --directory out, or change it there',
    );
  }
  const files = new Map<string, string>();
  if (present === undefined) files.set('nx.json', withPlugin(nxJson, options));
  const add = (file: string, content: string): void => {
    if (read(file) === null) files.set(file, content);
  };
  const up = '../'.repeat(prefix.split('/').length - 1);
  add(`${prefix}projects/itsup.yml`, settings.replace('$schema=../', `$schema=${up}../`));
  add(`${prefix}secrets/README.md`, SECRETS);
  const ignored = withLines(
    read('.gitignore'),
    IGNORED.map((line) => gitLine(prefix, line)),
  );
  if (ignored !== null) files.set('.gitignore', ignored);
  const hidden = withLines(read('.nxignore'), [hiddenFromNx(`${prefix}projects`)]);
  if (hidden !== null) files.set('.nxignore', hidden);
  return { files, notes: notesOf(prefix, options) };
}

/** Plain where the workspace is nothing else; otherwise a folder and target names that no other project has. */
function firstOptions(
  nxJson: object,
  { read, list, directory }: Pick<InitRequest, 'read' | 'list' | 'directory'>,
): PluginOptions {
  const isShared = isOthers(nxJson, read, list);
  if (!isShared) return directory === undefined || directory === '.' ? {} : { directory };
  return {
    directory: directory ?? OWN_FOLDER,
    proxyName: 'itsup-proxy',
    targets: Object.fromEntries(TARGETS.map((name) => [name, `itsup-${name}`])),
  };
}

/** Whether something else lives in the workspace: packages, projects, target defaults, folders of our names. */
function isOthers(nxJson: object, read: InitRequest['read'], list: InitRequest['list']): boolean {
  const packageJson: unknown = parseNxJson(read('package.json') ?? '{}');
  const says = (value: unknown, key: string): boolean =>
    typeof value === 'object' &&
    value !== null &&
    Object.keys((value as Record<string, unknown>)[key] ?? {}).length > 0;
  return (
    says(nxJson, 'targetDefaults') ||
    says(nxJson, 'plugins') ||
    says(packageJson, 'workspaces') ||
    ['pnpm-workspace.yaml', 'lerna.json', 'project.json'].some((file) => read(file) !== null) ||
    ['apps', 'libs', 'packages', 'projects', 'proxy', 'upstream'].some((folder) => list(folder).length > 0)
  );
}

function withPlugin(nxJson: object, options: PluginOptions): string {
  const { plugins, ...rest } = nxJson as { plugins?: unknown };
  const entry = Object.keys(options).length === 0 ? 'itsup' : { plugin: 'itsup', options };
  const all = [...(Array.isArray(plugins) ? (plugins as unknown[]) : []), entry];
  return `${JSON.stringify({ ...rest, plugins: all }, null, 2)}\n`;
}

/** The text with the lines that it lacks; null: it lacks none. */
function withLines(text: string | null, lines: readonly string[]): string | null {
  const present = new Set((text ?? '').split('\n').map((line) => line.trim()));
  const missing = lines.filter((line) => !present.has(line));
  if (missing.length === 0) return null;
  const start = text === null || text === '' || text.endsWith('\n') ? (text ?? '') : `${text}\n`;
  return `${start}${missing.join('\n')}\n`;
}

function gitLine(prefix: string, line: string): string {
  return line.startsWith('!') ? `!/${prefix}${line.slice(1)}` : `/${prefix}${line}`;
}

function notesOf(prefix: string, { targets, proxyName }: PluginOptions): string[] {
  const deploy = targets?.deploy ?? 'deploy';
  return [
    `Settings of the host: ${prefix}projects/itsup.yml. A first project: npx nx g itsup:project`,
    `Then: npx itsup deploy${deploy === 'deploy' ? '' : ` (in Nx the target is called ${deploy}, beside other projects' own)`}`,
    ...(proxyName === undefined ? [] : [`The proxy is the Nx project ${proxyName}.`]),
  ];
}

function flaw(message: string, help: string): UserError {
  return new UserError({ code: 'workspace', severity: 'error', message, help });
}
