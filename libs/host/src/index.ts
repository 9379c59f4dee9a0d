export { examine } from './doctor/examine';
export type * from './doctor/facts';
export type { Finding, FindingSeverity } from './doctor/finding';
export { formatFindings } from './doctor/format-findings';
export { gatherFacts } from './doctor/gather-facts';
