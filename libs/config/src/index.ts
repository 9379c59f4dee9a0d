export * from './model';
export * from './problem/problem';
export { listed } from './problem/listed';
export { problemsOf } from './problem/problems-of';
export { compareText } from './files/compare-text';
export { namedFault, writeNamed } from './files/named-fault';
export { DEFAULT_RATE_LIMIT } from './schema/settings/rate-limit';
export { isMapping, mappingOf } from './yaml/is-mapping';
export { isActive } from './compose/active-services';
export { readServiceOptions } from './compose/service-options';
export { locateInCompose, locateMember } from './compose/files/locate-in-compose';
export { checkComposeFiles, composeFilesOf } from './compose/files/check-compose-files';
export { composeVariables, variablesIn, type ComposeVariable } from './compose/compose-variables';
export { formatProblems } from './problem/format-problems';
export { listProjects } from './project/list-projects';
export { assumedService, readProject, type ReadProject } from './project/read-project';
export { readSettings } from './settings/read-settings';
export { readWorkspace } from './project/read-workspace';
export { WorkspaceReader } from './project/workspace-reader';
export { scanProject, type ProjectScan } from './project/scan-project';
export { NAME_GRAMMAR, nameFlaw } from './project/check-project';
export {
  COMPOSE_FILES,
  COMPOSE_OVERRIDE_FILES,
  HOST_FILES,
  INGRESS_FILES,
  MIRRORED_FOLDER,
  RESERVED_NAMES,
} from './files/project-folder';
export {
  isInterpolated,
  deadlineMs,
  domainHelp,
  HEADER_NAME,
  isDomain,
  isHeaderValue,
  isHost,
  isImage,
  isIpOrCidr,
  isPathPrefix,
  isRedirectTarget,
  isRuleText,
  RESOLVER_NAME,
  SERVICE_NAME,
  TRAEFIK_NAME,
} from './schema/grammar';
export { readWorkspaceFrom, type SourceTree } from './project/source-tree';
export { answersAcme, routeKindOf } from './schema/route-kind';
export { interpolate, type Lookup } from './yaml/interpolate';
export { portsOf } from './compose/published-ports';
export { followSources, judgePaths, type FollowedSources } from './project/path-problems';
export { isKernelFile, kindOf, readRegularFile, MAX_TEXT_BYTES, type FileText } from './files/regular-file';
export { isCredential, isDeploysOwn } from './yaml/credentials';
export { expandedPath, isVariable } from './compose/files/expanded-path';
export { isOwnSecret, isPrivate } from './files/file-owner';
export { suggest } from './problem/suggest';
export { closingEdges, egressCircles, type EgressGraph } from './ingress/egress-circles';
export { effectiveName } from './dotenv/compose-settings';
export { parseDotenv, type Dotenv } from './dotenv/dotenv';
export { exampleFiles, routeExamples, type RouteExample } from './docs/route-examples';
