import { UserError, type SourceTree } from '@itsup/config';

/** The projects that ship with the workspace, to be looked at and thrown away. */
export const EXAMPLES: readonly string[] = ['catalog', 'echo', 'notes', 'router', 'shop', 'website'];

/** What happens to projects that are no examples. */
export type OwnProjects = 'keep' | 'remove';

/** What makes an empty workspace of one. */
export interface EmptyWorkspace {
  /** Folders to remove, from the workspace root. */
  remove: string[];
  /** Text by path. */
  files: Map<string, string>;
  /** What was left alone, and what to do next; lines. */
  notes: string[];
}

const SETTINGS = 'projects/itsup.yml';

/**
 * An empty workspace: the examples go, `projects/itsup.yml` with every setting commented out is what stays. Settings
 * that somebody made are left as they are. Changes nothing itself.
 *
 * @param settings The commented file that ships, for a workspace that has none.
 * @param own What to do with the operator's own projects; undefined: refuse while there are any.
 * @throws UserError naming them.
 */
export function emptyWorkspace(tree: SourceTree, settings: string, own?: OwnProjects): EmptyWorkspace {
  const folders = tree
    .list('projects')
    .filter((name) => !name.startsWith('.') && tree.list(`projects/${name}`).length > 0)
    .sort();
  const others = folders.filter((name) => !EXAMPLES.includes(name));
  if (others.length > 0 && own === undefined) {
    throw new UserError({
      code: 'own-projects',
      severity: 'error',
      message: `projects/ holds more than the examples: ${others.join(', ')}`,
      help: '--own=keep removes the examples alone, --own=remove these too.',
    });
  }
  const removed = own === 'keep' ? folders.filter((name) => EXAMPLES.includes(name)) : folders;
  const present = tree.read(SETTINGS);
  const kept = own === 'keep' ? others : [];
  return {
    remove: removed.map((name) => `projects/${name}`),
    files: new Map(present === null ? [[SETTINGS, settings]] : []),
    notes: [
      ...(kept.length === 0
        ? []
        : [`Left as they are: ${kept.map((name) => `projects/${name}`).join(', ')}`]),
      ...(removed.length === 0
        ? ['There was no example to remove.']
        : ['An example that was deployed runs on until npx itsup prune takes it down; its volumes stay.']),
      `Settings of the host: ${SETTINGS}. A first project: npx nx g itsup:project`,
    ],
  };
}
