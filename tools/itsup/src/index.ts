export { createDependencies } from './inference/create-dependencies';
// Nx 22 and older look for the second name.
export { createNodes, createNodes as createNodesV2 } from './inference/create-nodes';
export { tellReplayed as postTasksExecution } from './terminal/replayed';

export const name = 'itsup';
