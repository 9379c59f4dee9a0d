import {
  listed,
  listProjects,
  problemsOf,
  WorkspaceReader,
  type Problem,
  type Project,
  type Settings,
} from '@itsup/config';
import { routeProject, routeWorkspace, type ProjectRouting } from '@itsup/routing';
import type { ArtifactFile } from './files/artifact';
import { mirrorFiles } from './project/mirror-files';
import { renderProject } from './project/render-project';
import { renderProxy } from './proxy/render-proxy';
import { loadTemplates, type Templates } from './files/templates';
import { writeArtifacts, type WriteResult } from './files/write-artifacts';

/** The stack whose artifacts are in `proxy/`; every other stack is named after its project's folder. */
const PROXY = 'proxy';

/** What `generate` did for one stack. */
export interface GenerateOutcome {
  stack: string;
  /** One of severity error: nothing was written for this stack. */
  problems: Problem[];
  /** Artifacts, relative to the workspace root. */
  written: string[];
  unchanged: string[];
}

interface RoutedProject {
  project: Project;
  routing: ProjectRouting;
  problems: Problem[];
}

/**
 * Renders the artifacts of the stacks and writes those that changed. One stack's mistakes fail that stack alone;
 * mistakes in the settings fail all, because every artifact depends on them. Each project is read once, also when
 * the proxy, which needs all of them, is among the stacks.
 *
 * @param onOutcome is told of each stack as soon as it is settled.
 * @throws UserError when the templates cannot be used.
 */
export async function generateStacks(
  root: string,
  stacks: readonly string[],
  onOutcome: (outcome: GenerateOutcome) => void,
): Promise<void> {
  const templates = await loadTemplates(root);
  const wanted = new Set(stacks);
  const reader = new WorkspaceReader(root, wanted.has(PROXY) ? {} : { projects: wanted.size });
  const { settings, problems } = reader.settings();
  if (problems.some(isError)) {
    stacks.forEach((stack) => onOutcome({ stack, problems, written: [], unchanged: [] }));
    return;
  }
  const names = wanted.has(PROXY) ? await listProjects(root) : stacks;
  const routed: RoutedProject[] = [];
  for (const name of names) {
    const project = routeOne(reader, name, settings);
    if (wanted.has(PROXY)) {
      routed.push(project);
    }
    if (wanted.has(name) && name !== PROXY) {
      onOutcome(
        await outcomeOf(
          root,
          name,
          project.problems,
          () => renderProject(project.project, project.routing, settings, templates),
          () => mirrorFiles(root, project.project),
        ),
      );
    }
  }
  reader.close({ isWhole: wanted.has(PROXY) });
  if (wanted.has(PROXY)) {
    onOutcome(await generateProxy(root, settings, problems, routed, templates));
  }
}

function routeOne(reader: WorkspaceReader, name: string, settings: Settings): RoutedProject {
  const { project, problems } = reader.project(name);
  const routing = routeProject(project, settings);
  return { project, routing, problems: [...problems, ...routing.problems] };
}

/** A project with an error has no say in the proxy's files: half of its routes could be worse than none. */
async function generateProxy(
  root: string,
  settings: Settings,
  warnings: Problem[],
  routed: RoutedProject[],
  templates: Templates,
): Promise<GenerateOutcome> {
  const sound = routed.filter(({ problems }) => !problems.some(isError));
  const workspace = { settings, projects: sound.map(({ project }) => project), problems: [] };
  const routing = routeWorkspace(
    workspace,
    new Map(sound.map(({ project, routing: own }) => [project.name, own])),
  );
  const leftOut = leftOutNotes(routed.filter((each) => !sound.includes(each)).map(({ project }) => project));
  // What concerns one project fails there; of a conflict validate tells, and a deploy, which knows whose claim stands.
  const conflicts = routing.problems
    .filter(({ project }) => project === undefined)
    .map((problem): Problem => ({ ...problem, severity: isError(problem) ? 'warning' : problem.severity }));
  return outcomeOf(root, PROXY, [...warnings, ...leftOut, ...conflicts], () =>
    renderProxy(workspace, routing, templates),
  );
}

/** One for all of them: what is wrong with each is told at its own place. */
function leftOutNotes(projects: readonly Project[]): Problem[] {
  const [first, ...others] = projects;
  if (first === undefined) return [];
  const folders = projects.map(({ folder }) => folder);
  const message =
    others.length === 0
      ? `${first.folder} has errors, so the proxy's files hold none of its routes`
      : `${listed(folders)} have errors, so the proxy's files hold none of their routes`;
  const help = `run itsup validate${others.length === 0 ? ` ${first.name}` : ''} to see them`;
  return [{ code: 'routes-left-out', severity: 'warning', message, help }];
}

/**
 * Renders and writes, unless there is an error; whatever fails here fails this stack alone.
 * @param writeMore what else belongs beside the artifacts
 */
async function outcomeOf(
  root: string,
  stack: string,
  problems: Problem[],
  render: () => ArtifactFile[],
  writeMore: () => Promise<WriteResult> = async () => ({ written: [], unchanged: [] }),
): Promise<GenerateOutcome> {
  if (problems.some(isError)) {
    return { stack, problems, written: [], unchanged: [] };
  }
  try {
    const artifacts = await writeArtifacts(root, render());
    const more = await writeMore();
    return {
      stack,
      problems,
      written: [...artifacts.written, ...more.written],
      unchanged: [...artifacts.unchanged, ...more.unchanged],
    };
  } catch (error) {
    return { stack, problems: [...problems, ...problemsOf(error)], written: [], unchanged: [] };
  }
}

function isError(problem: Problem): boolean {
  return problem.severity === 'error';
}
