export * from './model';
export * from './problem';
export { problemsOf } from './problems-of';
export { checkComposeFiles, composeFilesOf } from './check-compose-files';
export { composeVariables, variablesIn, type ComposeVariable } from './compose-variables';
export { formatProblems } from './format-problems';
export { jsonSchemas } from './json-schemas';
export { listProjects } from './list-projects';
export { readProject } from './read-project';
export { readSettings } from './read-settings';
export { readWorkspace } from './read-workspace';
export { scanProject, type ProjectScan } from './scan-project';
export {
  HEADER_NAME,
  isDomain,
  isHeaderValue,
  isHost,
  isIpOrCidr,
  isPathPrefix,
  isRuleText,
  TRAEFIK_NAME,
} from './grammar';
export { suggest } from './suggest';
export { exampleFiles, routeExamples, type RouteExample } from './docs/route-examples';
