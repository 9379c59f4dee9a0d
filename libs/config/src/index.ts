export * from './model';
export * from './problem';
export { formatProblems } from './format-problems';
export { listProjects } from './list-projects';
export { readProject } from './read-project';
export { readSettings } from './read-settings';
export { readWorkspace } from './read-workspace';
export { scanProject, type ProjectScan } from './scan-project';
