/** The targets of a stack, by the names that the product has for them. */
export const TARGETS = [
  'generate',
  'validate',
  'plan',
  'deploy',
  'status',
  'logs',
  'restart',
  'down',
  'compose',
] as const;

export type Target = (typeof TARGETS)[number];

/** What `plugins` in nx.json may say of the plugin, as the operator writes it. */
export interface PluginOptions {
  /** Folder that holds `projects/`, from the workspace root. Default: the root itself. */
  directory?: string;
  /** Name of the proxy's Nx project. Default: `proxy`. */
  proxyName?: string;
  /** Other names for targets, where the workspace has targets of ours' names. Default: the plain ones. */
  targets?: Partial<Record<Target, string>>;
}

/** The same, complete. */
export interface Settings {
  /** Ends with a slash; empty for the root itself. */
  prefix: string;
  proxyName: string;
  targets: Readonly<Record<Target, string>>;
  /** What of the options cannot be used, with what to do; null: nothing. Fails every target, and no command of Nx. */
  flaw: string | null;
}

const KNOWN = ['directory', 'proxyName', 'targets'];

/** Reads the options of nx.json; never throws, for that would fail every command of Nx. */
export function settingsOf(options: unknown): Settings {
  const given = isRecord(options) ? options : {};
  const flaws = Object.keys(given)
    .filter((name) => !KNOWN.includes(name))
    .map((name) => `there is no option ${name}; there are ${KNOWN.join(', ')}`);
  const { directory = '.', proxyName = 'proxy', targets = {} } = given;
  const folder = typeof directory === 'string' ? directory.replace(/^(?:\.\/)+|\/+$/g, '') : null;
  const isInside = folder !== null && !/^\/|(?:^|\/)\.\.(?:\/|$)|[*?{}[\]\\!]/.test(folder);
  if (!isInside) flaws.push('directory is a folder of the workspace, from its root');
  if (typeof proxyName !== 'string' || proxyName === '') flaws.push('proxyName is a name');
  const names = isRecord(targets) ? targets : {};
  for (const [name, value] of Object.entries(names)) {
    if (!isTarget(name)) flaws.push(`targets: there is no target ${name}; there are ${TARGETS.join(', ')}`);
    else if (typeof value !== 'string' || !/^[\w.-]+$/.test(value))
      flaws.push(`targets: ${name} gets a name of letters, digits, "-" and "_"`);
  }
  const named = TARGETS.map((name) => {
    const value = names[name];
    return [name, typeof value === 'string' && /^[\w.-]+$/.test(value) ? value : name] as const;
  });
  if (new Set(named.map(([, name]) => name)).size < TARGETS.length) flaws.push('targets: two have one name');
  return {
    prefix: isInside && folder !== '' && folder !== '.' ? `${folder}/` : '',
    proxyName: typeof proxyName === 'string' && proxyName !== '' ? proxyName : 'proxy',
    targets: Object.fromEntries(named) as Record<Target, string>,
    flaw: flaws.length === 0 ? null : `the options of the plugin itsup in nx.json: ${flaws.join('; ')}`,
  };
}

/** What nx.json says of the plugin; undefined: it does not name it, null: it gives no options. */
export function pluginEntry(nxJson: unknown): PluginOptions | null | undefined {
  const plugins: unknown = isRecord(nxJson) ? nxJson['plugins'] : undefined;
  for (const entry of Array.isArray(plugins) ? (plugins as unknown[]) : []) {
    if (entry === 'itsup') return null;
    if (isRecord(entry) && entry['plugin'] === 'itsup') {
      return isRecord(entry['options']) ? (entry['options'] as PluginOptions) : null;
    }
  }
  return undefined;
}

function isTarget(name: string): name is Target {
  return (TARGETS as readonly string[]).includes(name);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
