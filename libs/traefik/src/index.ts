export * from './check-configuration';
export { definedNames, type Reference, type ReferredKind } from './references';
export { oldRule } from './old-rules';
export { trialRouters, trialRouterName, type DynamicFile } from './trial-routers';
export { unknownReferences, type Known } from './unknown-references';
export type { Suggest } from './check-types';
export type { Finding, Span } from './tree';
