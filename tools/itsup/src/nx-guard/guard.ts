import { existsSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findHazards, type NxHazards } from './hazards';
import { hidesConfigurations, hiddenFromNx, isNamedInNxIgnore } from './nx-ignore';

/** Something in `projects/` that Nx must not see, and what to do about it. */
export interface Refusal {
  file: string;
  message: string;
  help: string;
}

export interface Guarded {
  /** Nx must not be started. */
  refusals: Refusal[];
  /** What is hidden from it. */
  notes: string[];
}

/**
 * Makes sure that Nx takes no orders from the folders of the projects and comes to an end: to be called before it is
 * started, because it reads every file of the workspace before it loads a plugin. Links without an end are hidden by
 * way of `.git/info/exclude`, which belongs to this clone alone; where that cannot help Nx is not to be started.
 */
export function guardNx(root: string, projects = 'projects'): Guarded {
  const hazards = findHazards(root, projects);
  const links = hazards.endless.filter((link) => !isNamedInNxIgnore(root, link));
  const stuck = links.filter((link) => !canExclude(root, link, hazards));
  const hidden = links.filter((link) => !stuck.includes(link));
  if (hidden.length > 0) exclude(root, hidden);
  return {
    refusals: [...refusalsOf(root, hazards, projects), ...stuck.map((link) => endless(root, link))],
    notes: hidden.map(
      (link) =>
        `${link} leads to ${readlinkSync(join(root, link))}, which Nx would read for ever: it is hidden from Nx (.git/info/exclude)`,
    ),
  };
}

/** What Nx would run, or would see in another way than the workspace has it. */
export function refusalsOf(
  root: string,
  { configurations, ignoreFiles, packages }: Pick<NxHazards, 'configurations' | 'ignoreFiles' | 'packages'>,
  projects = 'projects',
): Refusal[] {
  const seen = hidesConfigurations(root, projects) ? [] : configurations;
  return [
    ...seen.map((file) => ({
      file,
      message: `${file} would give Nx commands to run`,
      help: `add the line ${hiddenFromNx(projects)} to .nxignore in the workspace's root, and remove the file`,
    })),
    ...ignoreFiles.map((file) => ({
      file,
      message: `${file} would change what Nx sees`,
      help: "remove it; what Nx is not to see stands in .nxignore in the workspace's root",
    })),
    ...packages.map((file) => ({
      file,
      message: `${file} would give Nx commands to run: the workspace's packages take in ${projects}/`,
      help: `take ${projects}/ out of the patterns of workspaces (package.json, pnpm-workspace.yaml)`,
    })),
  ];
}

function endless(root: string, file: string): Refusal {
  return {
    file,
    message: `${file} leads to ${readlinkSync(join(root, file))}, which Nx would read for ever`,
    help: "remove the link, or add its path to .nxignore in the workspace's root",
  };
}

/** An ignore file with an exception on the way could take it back, and a line break has no spelling there. */
function canExclude(root: string, link: string, { exceptions }: NxHazards): boolean {
  const isFolder = statSync(join(root, '.git'), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return isFolder && !/[\n\r]/.test(link) && !exceptions.some((file) => link.startsWith(`${dirname(file)}/`));
}

const MARK = '# itsup: Nx would read these for ever';

/** Adds the lines that are not there yet. */
function exclude(root: string, links: readonly string[]): void {
  const file = join(root, '.git/info/exclude');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const there = new Set(text.split('\n'));
  const missing = links.map(lineOf).filter((line) => !there.has(line));
  if (missing.length === 0) return;
  mkdirSync(dirname(file), { recursive: true });
  const start = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  const mark = there.has(MARK) ? [] : [MARK];
  writeFileSync(file, `${start}${[...mark, ...missing].join('\n')}\n`);
}

function lineOf(link: string): string {
  return `/${link.replace(/[\\*?[\]]|\s$/g, '\\$&')}`;
}
