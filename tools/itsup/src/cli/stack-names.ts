import type { ItsupWorkspace } from '../workspace/find-workspace';

/**
 * The stacks that a person named, each once, `proxy` for any of its names.
 * @throws UserError naming the first that does not exist
 */
export async function resolveStacks(root: string, words: readonly string[]): Promise<string[]> {
  const { listProjects, RESERVED_NAMES, suggest, UserError } = await import('@itsup/config');
  const known = await listProjects(root);
  const stacks = words.map((word) => {
    const folder = word.replace(/^projects\//, '').replace(/\/$/, '');
    if (RESERVED_NAMES.includes(folder)) {
      return 'proxy';
    }
    if (!known.includes(folder)) {
      throw new UserError({
        code: 'unknown-project',
        severity: 'error',
        message: `there is no project "${word}"`,
        help: helpFor(known, suggest(folder, [...known, ...RESERVED_NAMES])),
      });
    }
    return folder;
  });
  return [...new Set(stacks)];
}

function helpFor(known: readonly string[], meant: string | undefined): string {
  if (meant !== undefined) return `did you mean ${meant}?`;
  return known.length === 0 ? 'projects/ is empty' : `there are: proxy, ${known.join(', ')}`;
}

/** All stacks: the proxy and every project. */
export async function allStacks(root: string): Promise<string[]> {
  const { listProjects } = await import('@itsup/config');
  return ['proxy', ...(await listProjects(root))];
}

/** Every stack, for Nx's filters. */
export const OF_ANY_STACK = 'tag:itsup:stack';

/** These stacks, for Nx's filters: by their folders, because Nx may call a project otherwise. */
export function nxPatterns({ settings }: ItsupWorkspace, stacks: readonly string[]): string[] {
  return stacks.map((stack) =>
    stack === 'proxy' ? 'tag:itsup:proxy' : `directory:${settings.prefix}projects/${stack}`,
  );
}

/** The stacks that Nx calls so; what is none is left out. */
export async function stacksOf(
  { root, settings }: ItsupWorkspace,
  projects: readonly string[],
): Promise<string[]> {
  const stacks = await allStacks(root);
  const { prefix, proxyName } = settings;
  const isNamed = (stack: string): boolean =>
    stack === 'proxy'
      ? projects.some((name) => name === proxyName || name.endsWith(`itsup-${proxyName}`))
      : projects.includes(stack) || projects.includes(`${prefix}projects/${stack}`);
  return stacks.filter(isNamed);
}
