import type { HostFacts } from '../facts';
import { error, findings, note, warning, type Finding } from '../finding';

/** What deploys that were killed left behind. */
export function checkLeftovers({ leftovers }: Pick<HostFacts, 'leftovers'>): Finding[] {
  const { killed, running, pins, unreadable = [], packetFilter, rules } = leftovers;
  return findings('leftovers', 'none', [
    ...running.map(({ stack, holder }) => note(`${stack}: a deploy is under way (${holder})`)),
    ...killed.map(({ stack, what }) =>
      warning(
        `${stack}: a ${what} was killed`,
        `the next deploy finishes or undoes it: itsup deploy ${stack}`,
      ),
    ),
    ...unreadable.map(({ file, fault }) =>
      error(
        `Traefik reads none of its files, because of ${file}: ${fault}; after a restart no site is served`,
        pins.includes(file)
          ? 'the next deploy, of any project, removes it: itsup deploy'
          : 'correct it, or take it out of the folder traefik/dynamic of the state folder',
      ),
    ),
    ...pins.map((file) =>
      warning(
        `the route file ${file} of a rollout is still there: it may send traffic to addresses of other containers`,
        'the next deploy, of any project, removes it: itsup deploy',
      ),
    ),
    // While the proxy is being deployed they may be in use.
    rules.length > 0 && !running.some(({ stack }) => stack === 'proxy')
      ? warning(
          `packet filter rules of a hand-over are still there: ${[...new Set(rules)].join(', ')}`,
          'the next deploy of the proxy removes them: itsup deploy proxy',
        )
      : null,
    packetFilter?.available === false
      ? note(`${packetFilter.reason} Packet filter rules could not be looked at.`, packetFilter.help)
      : null,
  ]);
}
