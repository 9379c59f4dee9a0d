export * from './check/check-configuration';
export { apiOfSwarm, fileOfSwarm, labelsOfDocker, labelsOfSwarm } from './check/of-swarm';
export { canonicalKey, elementType, fileType, type FileType } from './types/canonical-keys';
export { isCheckedVersion } from './types/checked-version';
export { goDuration } from './types/go-values';
export {
  definedNames,
  mentionedInLabels,
  mentionsIn,
  type Mention,
  type Reference,
  type ReferredKind,
} from './dynamic/references';
export { locate } from './yaml/locate';
export type { Position } from './yaml/yaml-tree';
export { fileFault, labelFault } from './check/read-faults';
export { oldRule } from './check/old-rules';
export { trialRouters, type DynamicFile } from './dynamic/trial-routers';
export { unknownReferences, type Known, type UnknownReference } from './check/unknown-references';
export { canonicalName, covers, hostsIn, isCovered } from './acme/names';
export {
  AcmeStoreError,
  issuerName,
  readAcmeStore,
  withLacking,
  type StoredCertificate,
  type StoredResolver,
} from './acme/store';
export { knownIssuers, refreshStore, type RefreshedStore, type StoreKnowledge } from './acme/refresh-store';
export { lackedChallenge, refusalsIn, type LackedChallenge, type Refusal } from './acme/refusals';
export { certificatesFile } from './acme/certificates-file';
export {
  acmeResolvers,
  authorityOf,
  hiddenErrors,
  LETS_ENCRYPT,
  LETS_ENCRYPT_STAGING,
  renewalOf,
  type AcmeResolver,
} from './acme/resolvers';
export type { Suggest } from './check/check-types';
export type { Finding, Span } from './dynamic/tree';
export { booleanIn, enabledByLabels } from './labels/enabled';
export { encodeLabels } from './labels/encode-labels';
export { labelConfiguration, type LabelObject, type LabelValue } from './labels/label-configuration';
export { labelFields, listOf, type LabelField } from './labels/label-fields';
export { nameOf, qualified, qualifiedBy, splitName, type Provider } from './dynamic/names';
export { defaultPriority, routerPriority } from './dynamic/priority';
export { redirectsToHttps } from './dynamic/redirect';
export { unnamedService, unnamedServiceOfContainer } from './labels/unnamed-service';
export * from './fields';
export * from './api/traefik-api';
export {
  apiAddressOf,
  entryPointsOf,
  formatAddress,
  internalEntryPoint,
  parseAddress,
  type StaticEntryPoint,
} from './static/entry-points';
export { staticChange, type StaticChange } from './static/static-change';
export { treeOfText } from './yaml/tree-of-text';
