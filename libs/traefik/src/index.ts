export * from './check-configuration';
export { isCheckedVersion } from './checked-version';
export { definedNames, type Reference, type ReferredKind } from './references';
export { locate, type Position } from './locate';
export { oldRule } from './old-rules';
export { trialRouters, trialRouterName, type DynamicFile } from './trial-routers';
export { unknownReferences, type Known } from './unknown-references';
export type { Suggest } from './check-types';
export type { Finding, Span } from './tree';
