import { listFolders } from './list-projects';
import type { Project, Workspace } from '../model';
import type { Problem } from '../problem/problem';
import { COMPOSE_FILES, INGRESS_FILES, type ProjectFolder } from '../files/project-folder';
import { problemsOf } from '../problem/problems-of';
import { misnamedIn, misnamedOfHost } from './misnamed';
import { misnamedFile } from './check-project';
import type { ReadProject } from './read-project';
import { WorkspaceReader } from './workspace-reader';

/**
 * The whole of `projects/` in the workspace `root`. Mistakes of the operator are in `problems`; a broken project is
 * among the others, without its broken parts. What the files came to is kept in `node_modules/.cache/itsup/` for the
 * next time.
 *
 * @param reader one that has read parts of it already
 */
export async function readWorkspace(
  root: string,
  reader: WorkspaceReader = new WorkspaceReader(root),
): Promise<Workspace> {
  const { settings, problems } = reader.settings();
  const { projects, others, files: hostFiles } = await listFolders(root);
  const workspace: Workspace = {
    settings,
    projects: [],
    problems: [
      ...problems,
      ...misnamedOfHost(hostFiles).map((each) => misnamedFile('projects', each)),
      ...[...others].map(([name, folder]) => noProject(name, folder)),
    ],
  };
  for (const [name, folder] of projects) {
    const read = readOne(name, () => reader.project(name, folder));
    workspace.projects.push(read.project);
    for (const problem of read.problems) workspace.problems.push(problem);
  }
  reader.close({ isWhole: true });
  return workspace;
}

/** A project that cannot even be read is its own trouble and nobody else's. */
function readOne(name: string, read: () => ReadProject): ReadProject {
  try {
    return read();
  } catch (error) {
    const project: Project = {
      name,
      folder: `projects/${name}`,
      kind: 'container',
      enabled: true,
      paths: 'source',
      host: null,
      ingressFile: null,
      ingress: [],
      egress: [],
      compose: null,
      files: [],
    };
    return { project, problems: problemsOf(error).map((problem) => ({ ...problem, project: name })) };
  }
}

function noProject(name: string, folder: ProjectFolder | null): Problem {
  const [slip] = misnamedIn(folder?.otherYaml ?? [], false);
  const meant = slip === undefined ? '' : `; \`${slip.file}\` is probably to be \`${slip.meant}\``;
  return {
    code: 'not-a-project',
    severity: 'warning',
    message: `projects/${name} is no project: it has neither a Compose file nor an ingress file${meant}`,
    help: `Compose files are called ${COMPOSE_FILES.join(', ')}; ingress files ${INGRESS_FILES.join(', ')}.`,
  };
}
