export * from './model';
export * from './problem';
export { problemsOf } from './problems-of';
export { checkComposeFiles, composeFilesOf } from './check-compose-files';
export { composeVariables, variablesIn, type ComposeVariable } from './compose-variables';
export { formatProblems } from './format-problems';
export { listProjects } from './list-projects';
export { readProject } from './read-project';
export { readSettings } from './read-settings';
export { readWorkspace } from './read-workspace';
export { scanProject, type ProjectScan } from './scan-project';
export { NAME_GRAMMAR, nameFlaw } from './check-project';
export { COMPOSE_FILES, INGRESS_FILES } from './project-folder';
export {
  domainHelp,
  HEADER_NAME,
  isDomain,
  isHeaderValue,
  isHost,
  isImage,
  isIpOrCidr,
  isPathPrefix,
  isRuleText,
  RESOLVER_NAME,
  SERVICE_NAME,
  TRAEFIK_NAME,
} from './grammar';
export { readWorkspaceFrom, type SourceTree } from './source-tree';
export { interpolate, type Lookup } from './interpolate';
export { portsOf } from './published-ports';
export { followSources, judgePaths, type FollowedSources } from './path-problems';
export { kindOf, readRegularFile, MAX_TEXT_BYTES, type FileText } from './regular-file';
export { isCredential, isDeploysOwn } from './credentials';
export { expandedPath, isVariable } from './expanded-path';
export { isOwnSecret, isPrivate } from './file-owner';
export { suggest } from './suggest';
export { exampleFiles, routeExamples, type RouteExample } from './docs/route-examples';
