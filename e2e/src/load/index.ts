export { openLedger, type Ledger } from './ledger';
export type { HeldProfile, HttpProfile, Profile, TcpProfile, UdpProfile } from './profile';
export { startLoad, type Load } from './start-load';
export { failuresOf, type Tally } from './tally';
export { writeLoadProject, type LoadProject } from './load-project';
export {
  allProfiles,
  openLoadRun,
  SHORT_LIMIT_MS,
  shortProfiles,
  websocketProfile,
  type LoadRun,
} from './load-run';
export { createLoadWorkspace } from './load-workspace';
export { RolledProject } from './rolled-project';
export { DAEMON } from './signal-at-step';
export { HandedOverProxy } from './handed-over-proxy';
