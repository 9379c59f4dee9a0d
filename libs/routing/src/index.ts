export * from './model';
export { addressesOf, type ProjectAddress } from './networks/addresses';
export type { Circumstances, Lookups } from './conflicts/circumstances';
export { composeProjectName } from './names/compose-name';
export { dashboardOf, dashboardRouters } from './proxy/dashboard';
export { answersChallenges } from './proxy/entry-points';
export { routersOf } from './explain/candidates';
export { explain } from './explain/explain';
export { explainProject } from './explain/explain-project';
export * from './explain/model';
export { namesHost } from './explain/names-host';
export { parseQuestion, type Question } from './explain/question';
export { labelsOf } from './labels/labels';
export { isRedirect } from './labels/redirects';
export { exposedByDefault } from './labels/exposed';
export { labelRouters, routersInLabels, type LabelRouter } from './labels/label-routers';
export {
  entryPointMiddlewares,
  generatedMiddlewares,
  middlewareNames,
  overriddenMiddlewares,
} from './labels/middlewares';
export { HONEYPOT_IMAGE, proxyImages } from './names/proxy-images';
export { PROXY_SERVICES } from './names/proxy-services';
export { PROXYNET, proxynetOf, type Proxynet } from './networks/proxynet';
export { NETWORK_LABEL, resolvedName } from './networks/traefik-network';
export { ENGINE_VOLUME, guardedBy, guardedMountProblem, type GuardedMount } from './checks/guarded-mounts';
export { proxyPorts, reservedPorts, type ReservedPort } from './conflicts/reserved-ports';
export { routeProject } from './route-project';
export { routeWorkspace } from './route-workspace';
export { checkOptions as traefikCheckOptions } from './traefik/check-options';
export { variableLabelProblems } from './traefik/known-labels';
export { knownObjects } from './traefik/reference-problems';
export type { Known as TraefikObjects } from '@itsup/traefik';
export * from './topology/model';
export { topologyOf } from './topology/topology';
export { isPublicName } from './names/public-names';
export { defaultResolver } from './row/context';
export { narrowerFirst, type NamedRow } from './row/narrower-first';
export { noEncodedSlashes, refusesEncodedSlashes, type PathRow } from './row/path-boundary';
export { parseRule, type Rule } from './rule/parse';
export { requestFor, requestsFor } from './rule/request-for';
export type { RuleKind } from './rule/matchers';
export type { RuleFlaw } from './rule/scan';
