export { bootstrap, type BootstrapRequest } from './bootstrap/bootstrap';
export { describeStep, type BootstrapStep } from './bootstrap/plan-bootstrap';
export { examine } from './doctor/examine';
export type * from './doctor/facts';
export { TESTED } from './doctor/checks/product';
export type { Finding, FindingSeverity } from './doctor/finding';
export { formatFindings } from './doctor/format-findings';
export { gatherFacts } from './doctor/gather-facts';
export type { HostRequest } from './host-request';
export {
  DEFAULT_TIME,
  disableNightly,
  enableNightly,
  nightlyStatus,
  type NightlyStatus,
} from './nightly/nightly';
