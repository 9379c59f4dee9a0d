/** The little that inference has to know of a project, read without parsing its Compose file. */
export interface ProjectScan {
  name: string;
  /** `projects/<name>`, relative to the workspace root. */
  folder: string;
  kind: 'container' | 'external';
  enabled: boolean;
  /** `provider:service`, as written, where they have that form. */
  egress: { provider: string; service: string }[];
  /** Files in the workspace, outside the project's folder, that its Compose files read; sorted. */
  outsideFiles: string[];
}

/** Reads what inference needs of one project; synchronous, because Nx calls it for every project of every command. */
export function scanProject(root: string, name: string): ProjectScan {
  void root;
  return { name, folder: `projects/${name}`, kind: 'container', enabled: true, egress: [], outsideFiles: [] };
}
