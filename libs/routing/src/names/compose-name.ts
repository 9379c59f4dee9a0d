import type { Project } from '@itsup/config';

/**
 * The name that the bare artifact gets from Compose: the source's own `name:`, else the folder's name made to fit
 * (lower case, and nothing but letters, digits, `-` and `_`, the first one a letter or digit).
 */
export function composeProjectName({ name, compose }: Pick<Project, 'name' | 'compose'>): string {
  if (compose?.projectName !== undefined) return compose.projectName;
  const own = compose?.name;
  if (own !== null && own !== undefined && !own.includes('$')) return own;
  return name
    .toLowerCase()
    .replace(/[^-_a-z0-9]+/g, '')
    .replace(/^[-_]+/, '');
}
