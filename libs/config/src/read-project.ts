import type { Project, Settings } from './model';
import type { Problem } from './problem';

/** One project of `projects/`, with everything that is wrong with it. */
export async function readProject(
  root: string,
  name: string,
  settings: Settings,
): Promise<{ project: Project; problems: Problem[] }> {
  void root;
  return {
    project: {
      name,
      folder: `projects/${name}`,
      kind: 'container',
      enabled: true,
      paths: settings.paths,
      host: null,
      ingressFile: null,
      ingress: [],
      egress: [],
      compose: null,
      files: [],
    },
    problems: [],
  };
}
