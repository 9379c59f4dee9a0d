import { nxNameOf } from '../inference/create-nodes';
import { takenNames } from '../inference/taken-names';

/** Other names of the proxy, from itsUP. */
const PROXY_NAMES = ['proxy', 'traefik', 'dns'];

/**
 * The stacks that a person named, each once, `proxy` for any of its names.
 * @throws UserError naming the first that does not exist
 */
export async function resolveStacks(root: string, words: readonly string[]): Promise<string[]> {
  const { listProjects, suggest, UserError } = await import('@itsup/config');
  const known = await listProjects(root);
  const stacks = words.map((word) => {
    const folder = word.replace(/^projects\//, '').replace(/\/$/, '');
    if (PROXY_NAMES.includes(folder)) {
      return 'proxy';
    }
    if (!known.includes(folder)) {
      throw new UserError({
        code: 'unknown-project',
        severity: 'error',
        message: `there is no project "${word}"`,
        help: helpFor(known, suggest(folder, [...known, ...PROXY_NAMES])),
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

/** What Nx calls these stacks. */
export function nxNames(root: string, stacks: readonly string[]): string[] {
  const taken = takenNames(root);
  return stacks.map((stack) => (stack === 'proxy' ? stack : nxNameOf(stack, taken)));
}

/** The stacks that Nx calls so; what is none is left out. */
export async function stacksOf(root: string, projects: readonly string[]): Promise<string[]> {
  const stacks = await allStacks(root);
  const names = nxNames(root, stacks);
  return stacks.filter((_, index) => projects.includes(names[index] ?? ''));
}
