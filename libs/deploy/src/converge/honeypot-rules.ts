import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';

import type { Docker, PacketRule } from '@itsup/docker';
import type { Proxynet } from '@itsup/routing';

import { writeFileAtomic } from '../state/atomic-file';
import type { State } from '../state/state';
import { helperImage } from './helper-image';

/** What the comment of every rule of the honeypot begins with. */
export const honeypotComment = 'itsup:dns';

/**
 * Rules that let every container ask the honeypot. Docker drops what goes from one of its networks to another, unless
 * a rule in DOCKER-USER accepts it first. It also masquerades what leaves a network, by a rule that it puts before all
 * others whenever it makes one, and the honeypot's log would name the gateway instead of the asker: what is not tracked
 * is not translated, whatever the order. Only bridges of Docker's own naming may ask: the honeypot is no resolver for
 * the neighbourhood.
 */
export function honeypotRules(proxynet: Pick<Proxynet, 'dns'>): PacketRule[] {
  const at = `${proxynet.dns}/32`;
  return ['udp', 'tcp'].flatMap((protocol) => {
    const rule = (table: 'filter' | 'raw', chain: string, what: string, args: string[]): PacketRule => ({
      family: 'ipv4',
      table,
      chain,
      args,
      comment: `${honeypotComment}:${what}:${protocol}`,
    });
    const asks = ['-d', at, '-p', protocol, '-m', protocol, '--dport', '53'];
    const answers = ['-s', at, '-p', protocol, '-m', protocol, '--sport', '53'];
    const untracked = ['-j', 'CT', '--notrack'];
    return [
      rule('filter', 'DOCKER-USER', 'ask', [...asks, '-i', 'br-+', '-j', 'ACCEPT']),
      rule('filter', 'DOCKER-USER', 'answer', [...answers, '-o', 'br-+', '-j', 'ACCEPT']),
      rule('raw', 'PREROUTING', 'ask-untracked', [...asks, ...untracked]),
      rule('raw', 'PREROUTING', 'answer-untracked', [...answers, ...untracked]),
    ];
  });
}

/**
 * Brings the rules to what the settings ask for. A host start loses them, so every deploy with the proxy looks where they are wanted;
 * where they are not, only one after a deploy that made them does, for asking takes half a dozen processes.
 *
 * @param proxynet as the settings have it
 * @returns why containers outside proxynet cannot reach the honeypot, in one line; null when they can or need not.
 */
export async function settleHoneypotRules(
  docker: Docker,
  state: State,
  wanted: boolean,
  proxynet: Pick<Proxynet, 'dns'>,
): Promise<string | null> {
  if (!wanted && !existsSync(state.honeypotRulesFile)) return null;
  const found = await docker.packetFilter({ helperImage: () => helperImage(docker) });
  if (!found.available) return wanted ? found.reason : null;
  const present = await found.filter.list(honeypotComment);
  const rules = wanted ? honeypotRules(proxynet) : [];
  const names = (list: PacketRule[]): Set<string> => new Set(list.map(({ comment }) => comment));
  // With another range of proxynet the honeypot has another address, and the rules their old names.
  const kept = present.filter(({ args }) => args.includes(`${proxynet.dns}/32`));
  const missing = rules.filter(({ comment }) => !names(kept).has(comment));
  const surplus = present.filter((rule) => !kept.includes(rule) || !names(rules).has(rule.comment));
  // Before the first rule and after the last: a deploy that is killed between leaves a file too many, not a rule.
  if (wanted && !existsSync(state.honeypotRulesFile)) await writeFileAtomic(state.honeypotRulesFile, '');
  await found.filter.apply([
    ...surplus.map((rule) => ({ operation: 'delete' as const, rule })),
    ...missing.map((rule) => ({ operation: 'insert' as const, rule })),
  ]);
  if (!wanted) await rm(state.honeypotRulesFile, { force: true });
  return null;
}
