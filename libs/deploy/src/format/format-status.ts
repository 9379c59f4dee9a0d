import { imageInShort } from '../plan/service/reasons';
import { honeypotComment } from '../proxy/honeypot/rules';
import type { PacketRules, StackStatus } from '../requests';
import { beginningOf, duration, endOf, shortCommit, WIDTH, wrapped } from './words';
import { remarksOf as certificateRemarks } from './format-certificates';

type Service = StackStatus['services'][number];
type Container = Service['containers'][number];

const LONGEST_NAME = 24;
/** Of an image so much is shown, whatever else there is: its tag. */
const SHORTEST_IMAGE = 16;

/** A block for each stack, in 80 columns: how it is and its last deploy, its services, and what needs a person. */
export function formatStatus(stacks: readonly StackStatus[], now: number): string {
  const names = stacks.flatMap(({ stack, services }) => [
    stack,
    ...services.map(({ service }) => `  ${service}`),
  ]);
  const width = Math.min(LONGEST_NAME, Math.max(5, ...names.map((name) => name.length)));
  return stacks.flatMap((stack) => blockOf(stack, now, width)).join('\n');
}

function blockOf(status: StackStatus, now: number, width: number): string[] {
  const head = `${beginningOf(status.stack, width).padEnd(width)}  ${stateOf(status).padEnd(8)}  `;
  const services = status.services.map((service) => serviceLine(service, now, width));
  return [
    beginningOf(`${head}${lastDeploy(status, now)}`.trimEnd(), WIDTH),
    ...services,
    ...remarksOf(status, now),
  ];
}

/** `running` where all is well; `external` says nothing of the other host. */
function stateOf({ state, lastDeploy: record }: StackStatus): string {
  // What runs is one thing, whether the last change got there another.
  return state === 'running' && record?.outcome === 'failed' ? 'degraded' : state;
}

function serviceLine({ service, wanted, containers }: Service, now: number, width: number): string {
  const running = containers.filter(({ state }) => state === 'running').length;
  const count = wanted === null ? String(running) : `${running}/${wanted}`;
  const states = [...new Set(containers.map((container) => stateWords(container, now)))].sort();
  const images = [...new Set(containers.map(({ image }) => imageInShort(image)))].sort().join(', ');
  const name = beginningOf(`  ${service}`, width).padEnd(width);
  const left = `${name}  ${count.padStart(3)}  ${(states.join(', ') || 'absent').padEnd(22)}`;
  const image = endOf(images, Math.max(SHORTEST_IMAGE, WIDTH - left.trimEnd().length - 2));
  return `${beginningOf(left, WIDTH - 2 - image.length)}  ${image}`.trimEnd();
}

/** `healthy, up 3 hours`; `unhealthy for 4 min`; `exited (1) 5 minutes ago`. */
function stateWords({ state, health, status, unhealthySince }: Container, now: number): string {
  if (state !== 'running') return status === '' ? state : status.charAt(0).toLowerCase() + status.slice(1);
  if (health === 'unhealthy')
    return unhealthySince === null
      ? 'unhealthy'
      : `unhealthy for ${duration(now - Date.parse(unhealthySince))}`;
  const up = /^Up (?:about |less than )?(.+?)(?: \(.*\))?$/i.exec(status)?.[1];
  const since = up === undefined ? '' : `up ${up.replace(/^an? /, '1 ')}`;
  return [health ?? (since === '' ? 'running' : null), since].filter(Boolean).join(', ');
}

function lastDeploy({ lastDeploy: record, state, published }: StackStatus, now: number): string {
  if (record === null) {
    if (state === 'external') return published ? 'its routes are published' : 'its routes are not published';
    return state === 'orphan' ? '' : 'never deployed';
  }
  const commit = record.commit === null ? '' : `, ${shortCommit(record.commit)}`;
  return `${record.outcome} ${duration(now - Date.parse(record.startedAt))} ago${commit}, by ${record.by}`;
}

function remarksOf(status: StackStatus, now: number): string[] {
  const { stack, state, unfinished, lockedBy, drift, successor, packetFilter, stateFolder, lastDeploy } =
    status;
  const remarks = status.maintenance === null ? [] : [pageRemark(stack, status.maintenance, now)];
  const unserved = status.unserved
    .filter(({ code }) => code !== 'last-deploy-failed')
    .map(({ message, help }) => [message, help].filter(Boolean).join('; '));
  remarks.push(...unserved);
  if (lastDeploy !== null && (lastDeploy.outcome === 'failed' || lastDeploy.outcome === 'interrupted'))
    remarks.push(...lastDeploy.problems.map((problem) => `the last ${lastDeploy.command}: ${problem}`));
  remarks.push(...drift.map(({ message }) => message));
  if (drift.length > 0 && state !== 'orphan')
    remarks.push(`what a deploy would do about it: itsup plan ${stack}`);
  if (stateFolder !== null) remarks.push(stateFolder);
  if (unfinished !== null) remarks.push(`${unfinished}; the next deploy finishes it`);
  if (lockedBy !== null) remarks.push(`being deployed by ${lockedBy}`);
  if (successor !== null)
    remarks.push(`its Compose project is that of ${successor} by now; itsup prune forgets it`);
  else if (state === 'orphan') remarks.push('its folder is gone; itsup prune takes it down');
  for (const each of status.certificates ?? []) remarks.push(...certificateRemarks(each, now));
  if (packetFilter !== null) remarks.push(...rulesOf(packetFilter, lockedBy !== null));
  return remarks.flatMap((remark) => wrapped(remark, '  ! '));
}

/** It stays up until somebody takes it down, so nobody may forget it. */
function pageRemark(
  stack: string,
  { since, by, isShown }: NonNullable<StackStatus['maintenance']>,
  now: number,
): string {
  const age = duration(now - Date.parse(since));
  return isShown
    ? `visitors see its maintenance page, put up ${age} ago by ${by}; itsup maintenance ${stack} off`
    : `its maintenance page is to be shown and its container does not run: itsup maintenance ${stack} on puts it right`;
}

/** Rules in the packet filter are told when something is wrong with them; `--json` has them all. */
function rulesOf({ rules, reason }: PacketRules, isDeploying: boolean): string[] {
  if (reason !== null) return [`packet filter rules are not known: ${reason}`];
  // Those of a hand-over are there for its time only.
  const names = rules.map(({ name }) => name).filter((name) => !name.startsWith(`${honeypotComment}:`));
  if (names.length === 0 || isDeploying) return [];
  return [
    `packet filter rules of a hand-over are left: ${[...new Set(names)].sort().join(', ')}; itsup deploy proxy removes them`,
  ];
}
