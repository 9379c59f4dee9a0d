import { createHash } from 'node:crypto';
import { UserError, type SourceTree } from '@itsup/config';

/**
 * The projects that ship with the workspace, to be looked at and thrown away, with the digests of what they ship as:
 * `notes` and `router` are names that people give to projects of their own, and an example that somebody made theirs is
 * theirs.
 */
const SHIPPED: Readonly<Record<string, string>> = {
  catalog: '4c768ffb0b4f6663',
  echo: '890e6ab4940370fd',
  notes: '58ffa7137f94f8b1',
  router: '47dcf2b89b50e3c3',
  shop: '0b6c2420a14e5096',
  website: 'f2944739e32b02a1',
};

/** Their names, sorted. */
export const EXAMPLES: readonly string[] = Object.keys(SHIPPED);

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
  const isExample = (name: string): boolean => SHIPPED[name] === digestOf(tree, `projects/${name}`);
  const others = folders.filter((name) => !isExample(name));
  if (others.length > 0 && own === undefined) {
    throw new UserError({
      code: 'own-projects',
      severity: 'error',
      message: `projects/ holds more than the examples as they ship: ${others.map(shown).join(', ')}`,
      help: '--own=keep removes the examples alone, --own=remove these too.',
    });
  }
  const removed = own === 'keep' ? folders.filter(isExample) : folders;
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

/** An example of the name that is not as it shipped may be the operator's work. */
function shown(name: string): string {
  return Object.hasOwn(SHIPPED, name) ? `${name} (changed, or of your own)` : name;
}

/** Of all files of a folder, but for the line that leads editors to a schema: that is not the same everywhere. */
export function digestOf(tree: SourceTree, folder: string): string {
  const digest = createHash('sha256');
  const add = (path: string): void => {
    const text = tree.read(path);
    if (text === null) for (const name of tree.list(path).sort()) add(`${path}/${name}`);
    else
      digest.update(`${path}\n${text.replace(/\r\n/g, '\n').replace(/^# yaml-language-server:.*\n/, '')}\0`);
  };
  add(folder);
  return digest.digest('hex').slice(0, 16);
}
