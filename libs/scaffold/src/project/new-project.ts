import { compileTemplates } from '@itsup/artifacts';
import { readWorkspaceFrom, UserError, type SourceTree } from '@itsup/config';
import { NEXT_STEPS, OWN_IMAGE, readEntry, type Entry } from '../gallery/entry';
import { quotedWhereNeeded } from './plain-scalar';
import { checkOptions, type ProjectOptions, type ProjectValues } from './options';
import { nextSteps } from './next-steps';

/** A project that is about to be written. */
export interface NewProject {
  /** Text by path from the workspace root. */
  files: Map<string, string>;
  /** What to do next, for people; lines. */
  next: string[];
}

export interface NewProjectRequest {
  options: ProjectOptions;
  /** Name of a gallery entry; absent: any image, as the options say. */
  gallery?: string | undefined;
}

/**
 * The files of a new project, from an entry of the gallery in `templates/projects`. Writes nothing.
 *
 * @param tree The workspace: its templates, and the projects that are there.
 * @throws UserError for a value that is wrong, an entry that is not there, and a folder that is.
 */
export function newProject(tree: SourceTree, request: NewProjectRequest): NewProject {
  const entry = readEntry(tree, request.gallery ?? OWN_IMAGE);
  const values = checkOptions(request.options, entry);
  const folder = `projects/${values.name}`;
  const there = tree.list(folder);
  if (there.length > 0) {
    throw new UserError({
      code: 'folder-exists',
      severity: 'error',
      message: `${folder} is there already, with ${there.slice(0, 3).join(', ')}${there.length > 3 ? ' …' : ''}`,
      help: 'Choose another name, or remove the folder.',
    });
  }
  const { files, next } = render(entry, values);
  return {
    files: new Map(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])),
    next: nextSteps(values, files, next, readWorkspaceFrom(tree).settings),
  };
}

/** The project's files by their path in its folder, and what the entry itself says to do next. */
export function render(
  entry: Entry,
  values: ProjectValues,
): { files: Record<string, string>; next: string[] } {
  const named = Object.entries(entry.templates).map(
    ([path, source]) => [path, `projects/${entry.name}/${path}`, source] as const,
  );
  const templates = compileTemplates(Object.fromEntries(named.map(([, name, source]) => [name, source])));
  const data = { ...values, yaml: quotedWhereNeeded };
  const files = Object.fromEntries(named.map(([path, name]) => [path, templates.render(name, data)]));
  const { [NEXT_STEPS]: next = '', ...written } = files;
  return { files: written, next: next.split('\n').filter((line) => line !== '') };
}
