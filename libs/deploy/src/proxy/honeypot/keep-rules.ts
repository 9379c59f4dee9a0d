import type { Settings } from '@itsup/config';
import { proxynetOf } from '@itsup/routing';

import type { DeployContext } from '../../context';
import { applyHoneypotRules, type HoneypotEngine } from './apply-rules';

/** The honeypot's rules for the time of a deploy, in which networks come and go. */
export interface HoneypotRules {
  /** Has them applied soon: a network is there that had no rule yet, and containers on it are about to start. */
  touch(): void;
  /**
   * Resolves when nothing is left to apply: why containers cannot ask the honeypot; null when they can or need not.
   */
  applied(): Promise<string | null>;
}

/** @param settings whether the honeypot is on, and its address */
export function keepHoneypotRules(
  { docker, state }: Pick<DeployContext, 'state'> & { docker: HoneypotEngine },
  settings: Pick<Settings, 'dns' | 'proxynet'>,
): HoneypotRules {
  const proxynet = proxynetOf(settings);
  let isDue = false;
  let running: Promise<void> | null = null;
  let because: string | null = null;
  const apply = async (): Promise<void> => {
    while (isDue) {
      isDue = false;
      because = await applyHoneypotRules(docker, state, settings.dns.enabled, proxynet).catch(
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    }
    running = null;
  };
  return {
    touch: () => {
      isDue = true;
      running ??= apply();
    },
    applied: async () => {
      await running;
      return because;
    },
  };
}
