export * from './model';
export { labelsOf } from './labels';
export { generatedMiddlewares } from './middlewares';
export { routeProject } from './route-project';
export { routeWorkspace } from './route-workspace';
