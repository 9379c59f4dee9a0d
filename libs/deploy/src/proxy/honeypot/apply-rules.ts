import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';

import type { Docker, FoundRule, PacketChange, PacketRule } from '@itsup/docker';
import type { Proxynet } from '@itsup/routing';

import { writeFileAtomic } from '../../state/atomic-file';
import type { State } from '../../state/state';
import { helperImage } from '../../engine/helper-image';
import { HONEYPOT_CHAIN, honeypotBridges, honeypotComment, honeypotRules } from './rules';

/** Of the engine, what the rules take. */
export type HoneypotEngine = Pick<
  Docker,
  'inspectImages' | 'inspectNetworks' | 'listContainers' | 'listNetworks' | 'packetFilter'
>;

/**
 * Brings the rules to what the settings and the engine's networks ask for. A host start loses them, and an engine that
 * is restarted puts its own first, so every deploy with the proxy looks where they are wanted; where they are not, only
 * one after a deploy that made them does, for asking takes half a dozen processes.
 *
 * @param proxynet as the settings have it
 * @returns why containers outside proxynet cannot reach the honeypot, in one line; null when they can or need not.
 */
export async function applyHoneypotRules(
  docker: HoneypotEngine,
  state: State,
  wanted: boolean,
  proxynet: Pick<Proxynet, 'dns'>,
): Promise<string | null> {
  if (!wanted && !existsSync(state.honeypotRulesFile)) return null;
  const found = await docker.packetFilter({ helperImage: () => helperImage(docker) });
  if (!found.available) return wanted ? found.reason : null;
  const [present, rules] = await Promise.all([
    found.filter.list(honeypotComment),
    wanted ? wantedRules(docker, proxynet) : [],
  ]);
  const changes = changesTo(rules, present);
  // Before the first rule and after the last: a deploy that is killed between leaves a file too many, not a rule.
  if (wanted && !existsSync(state.honeypotRulesFile)) await writeFileAtomic(state.honeypotRulesFile, '');
  if (changes.length > 0) await found.filter.apply(changes);
  if (!wanted) await rm(state.honeypotRulesFile, { force: true });
  return null;
}

async function wantedRules(docker: HoneypotEngine, proxynet: Pick<Proxynet, 'dns'>): Promise<PacketRule[]> {
  const bridges = (await docker.listNetworks()).filter(({ driver }) => driver === 'bridge');
  const networks = await docker.inspectNetworks(bridges.map(({ id }) => id));
  return honeypotRules(honeypotBridges(networks), proxynet);
}

/**
 * What makes the rules that are there the wanted ones. The order within our chain counts, so that is filled anew when
 * it is not as wanted; a rule of another chain that others have got in front of is put first again.
 */
function changesTo(wanted: readonly PacketRule[], present: readonly FoundRule[]): PacketChange[] {
  // With another range of proxynet the honeypot has another address, and the rules their old names.
  const nameOf = ({ table, chain, comment, args }: PacketRule): string =>
    [table, chain, comment, ...args.filter((arg) => arg.endsWith('/32'))].join(' ');
  const isInOurs = ({ chain }: PacketRule): boolean => chain === HONEYPOT_CHAIN;
  const order = (rules: readonly PacketRule[]): string =>
    rules.filter(isInOurs).map(nameOf).sort(byTable).join('\n');
  const isFilledAnew = order(wanted) !== order(present);

  const names = new Set(wanted.map(nameOf));
  const stays = (rule: FoundRule): boolean =>
    names.has(nameOf(rule)) && (isInOurs(rule) ? !isFilledAnew : !rule.isBehindOthers);
  const kept = new Set(present.filter(stays).map(nameOf));
  return [
    // What leads to our chain goes before the chain does.
    ...present
      .filter((rule) => !stays(rule))
      .sort((a, b) => Number(isInOurs(a)) - Number(isInOurs(b)))
      .map((rule) => ({ operation: 'delete' as const, rule })),
    ...wanted
      .filter((rule) => !kept.has(nameOf(rule)))
      .map((rule) => ({ operation: isInOurs(rule) ? ('append' as const) : ('insert' as const), rule })),
  ];
}

/** The tables come in any order, the rules of one in theirs. */
function byTable(a: string, b: string): number {
  const [tableA = '', tableB = ''] = [a.split(' ')[0], b.split(' ')[0]];
  return tableA < tableB ? -1 : tableA > tableB ? 1 : 0;
}
