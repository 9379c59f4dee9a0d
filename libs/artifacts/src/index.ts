export * from './artifact';
export * from './foreign-files';
export * from './generate-stacks';
export { mirrorFiles } from './mirror-files';
export * from './render-project';
export * from './render-proxy';
export * from './render-topology';
export * from './templates';
export * from './write-artifacts';
