import { formatProblems, type Problem } from '@itsup/config';

import type { WorkspacePlan } from '../requests';
import type { NetworkPlan, ServicePlan, StackPlan } from '../plan/model';

export interface FormatOptions {
  color?: boolean;
  /** List the services that do not change, too. */
  verbose?: boolean;
}

type Row = [name: string, action: string, reason: string];

const COLORS: Record<string, number> = {
  create: 32,
  start: 32,
  restart: 33,
  scale: 32,
  connect: 32,
  rollout: 36,
  move: 36,
  recreate: 33,
  disconnect: 33,
  remove: 31,
};

/**
 * The plan for people: a heading and aligned lines for each stack that changes or that something is to be known about,
 * then what does not change in one line.
 */
export function formatPlan(
  plan: WorkspacePlan,
  { color = false, verbose = false }: FormatOptions = {},
): string {
  const paint = (text: string, code: number | undefined): string =>
    color && code !== undefined ? `\u001b[${code}m${text}\u001b[0m` : text;
  const lines: string[] = [];
  if (!plan.engine.reachable) {
    lines.push(
      `No Docker engine answers, so this is the plan for an empty host (${plan.engine.reason ?? 'unknown'}).`,
      '',
    );
  }
  const findings = byStack(plan);
  const shown = plan.stacks.filter(
    (stack) => verbose || !stack.unchanged || stack.notes.length > 0 || findings.has(stack.stack),
  );
  const rows = new Map(shown.map((stack) => [stack.stack, rowsOf(stack, verbose)]));
  const all = [...rows.values()].flat();
  const widths = [0, 1].map((column) => Math.max(0, ...all.map((row) => (row[column] ?? '').length)));
  for (const stack of shown) {
    lines.push(paint(stack.stack, 1));
    for (const [name, action, reason] of rows.get(stack.stack) ?? []) {
      const cells = `  ${name.padEnd(widths[0] ?? 0)}  ${paint(action.padEnd(widths[1] ?? 0), COLORS[action])}  ${reason}`;
      lines.push(cells.trimEnd());
    }
    for (const note of stack.notes) lines.push(`  note: ${note}`);
    const found = formatProblems(findings.get(stack.stack) ?? [], { color }).trimEnd();
    if (found !== '') lines.push(found.replace(/^(?=.)/gm, '  '));
    lines.push('');
  }
  for (const { stack, problems } of plan.failed) {
    lines.push(
      `${paint(stack, 1)} cannot be deployed:`,
      formatProblems([...problems, ...(findings.get(stack) ?? [])], { color }).trimEnd(),
      '',
    );
  }
  const whole = formatProblems(findings.get(null) ?? [], { color }).trimEnd();
  if (whole !== '') lines.push(whole, '');
  const unchanged = plan.stacks.filter((stack) => stack.unchanged).length;
  if (unchanged > 0) lines.push(`${unchanged} ${unchanged === 1 ? 'stack' : 'stacks'} without a change`);
  if (plan.prunable.length > 0) {
    lines.push(`no folder any more: ${plan.prunable.join(', ')} (take down with: itsup prune)`);
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Findings by the stack that they are shown at; null: no stack of the plan. */
function byStack({ stacks, failed, problems }: WorkspacePlan): Map<string | null, Problem[]> {
  const known = new Set([...stacks, ...failed].map(({ stack }) => stack));
  const found = new Map<string | null, Problem[]>();
  for (const problem of problems) {
    const stack = problem.project !== undefined && known.has(problem.project) ? problem.project : null;
    found.set(stack, [...(found.get(stack) ?? []), problem]);
  }
  return found;
}

function rowsOf(stack: StackPlan, verbose: boolean): Row[] {
  const services = stack.services
    .filter(
      (service) =>
        verbose || service.action !== 'none' || service.reasons.length > 0 || service.build || service.pull,
    )
    .map((service): Row => [service.service, wordOf(service), reasonOf(service)]);
  const edges = stack.edges
    .filter((edge) => verbose || edge.action !== 'none')
    .map((edge): Row => [
      'edge',
      edge.action === 'none' ? 'no change' : edge.action,
      `${edge.consumer} → ${edge.provider}:${edge.service}`,
    ]);
  const networks = stack.networks.map((network): Row => [
    'network',
    'recreate',
    `${network.network}: ${network.reasons.join(', ')}${stopsFor(network)}`,
  ]);
  const files = stack.files.map((file): Row => ['file', file.action, file.path]);
  const down: Row[] =
    stack.kind === 'down' && stack.services.length === 0 && !stack.unchanged
      ? [['stack', 'remove', 'nothing of it runs']]
      : [];
  return [...services, ...networks, ...edges, ...files, ...down];
}

/** Who is not there while the network is made anew. */
function stopsFor({ members, guests }: NetworkPlan): string {
  const names = [...new Set(members.filter(({ isRunning }) => isRunning).map(({ service }) => service))];
  const stops = names.length === 0 ? '' : `; stops ${names.join(', ')} meanwhile`;
  return guests.length === 0 ? stops : `${stops}; takes ${guests.join(', ')} off it meanwhile`;
}

function wordOf({ action }: ServicePlan): string {
  return action === 'none' ? 'no change' : action;
}

function reasonOf({ reasons, notRolled, build, pull, action, hooks = [] }: ServicePlan): string {
  const parts = [reasons.join(', ')];
  if (action === 'recreate' && notRolled.length > 0) parts.push(`not rolled: ${notRolled.join(', ')}`);
  if (build) parts.push('builds first');
  if (pull) parts.push('pulls first');
  if (hooks.length > 0) parts.push(`runs ${hooks.join(', ')}`);
  return parts.filter((part) => part !== '').join('; ');
}
