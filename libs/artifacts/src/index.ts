export { traefikFileProblems } from './proxy/check-traefik-files';
export * from './files/artifact';
export { crowdsecPlugin, type KeptPlugin } from './proxy/crowdsec-plugin';
export * from './project/foreign-files';
export * from './generate-stacks';
export {
  copyOf,
  copyProblems,
  COPIED_NAMES,
  originalFile,
  shippedTemplate,
  templateCopies,
  type TemplateCopy,
} from './files/template-copies';
export { removeLeftArtifacts, type LeftArtifacts } from './project/left-artifacts';
export { mirrorFiles } from './project/mirror-files';
export * from './project/render-project';
export * from './proxy/render-proxy';
export { ACME_STORE, AUTHORITY_FILE } from './proxy/static-configuration';
export * from './topology/render-topology';
export * from './files/templates';
export * from './files/shipped-templates';
export * from './files/write-artifacts';
