export * from './compose/compose';
export {
  composeOwner,
  DEPENDENCIES_LABEL,
  dependenciesOf,
  hookLabels,
  isComposeLabel,
  networkLabels,
  OF_COMPOSE,
  ofComposeProject,
} from './compose/labels';
export * from './compose/compose-model';
export * from './compose/hangs-on';
export * from './container/container';
export * from './container/host-port';
export type { KeptContainer } from './container/kept-container';
export * from './create-docker';
export * from './docker';
export * from './fault/docker-error';
export * from './fault/docker-fault';
export * from './engine/engine';
export * from './container/events';
export * from './host/host';
export * from './image/image';
export * from './network/network';
export * from './swarm/swarm';
export { STACK_LABEL } from './swarm/parse-swarm';
export * from './host/packet-filter';
export * from './network/cidr';
export * from './host/sockets';
export { parseProcNet, type ProcSocket } from './host/parse-sockets';
export { printable, printableWithColours } from './process/printable';
export { createRedactor, type Redactor } from './process/redact';
export {
  compareVersions,
  MINIMUM_COMPOSE_VERSION,
  TESTED_VERSIONS,
  untested,
} from './engine/engine-commands';
