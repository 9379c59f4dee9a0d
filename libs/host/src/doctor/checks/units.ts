import type { HostFacts } from '../facts';
import { error, findings, warning, type Finding } from '../finding';

/** What systemd starts at boot and at night. */
export function checkUnits({ units }: Pick<HostFacts, 'units'>): Finding[] {
  const written = units.map(({ name }) => name).join(', ');
  return findings('units', written === '' ? 'none is written' : written, [
    ...units.map(({ name, foreign }) =>
      foreign === null
        ? null
        : error(
            `${name} runs as root, and ${foreign} is not root's alone: who may change it is root at the next boot`,
            'sudo env "PATH=$PATH" npx itsup bootstrap says what to do',
          ),
    ),
    ...units.map(({ name, outdated, gone, foreign, at }) =>
      outdated && foreign === null
        ? (gone === null ? warning : error)(
            gone === null
              ? `${name} is not what this version writes: it may lack its limits and its time limit`
              : `${name} starts ${gone}, which is not there any more: nothing is deployed at boot or at night`,
            name.includes('nightly')
              ? `sudo env "PATH=$PATH" npx itsup nightly enable --at ${at}`
              : 'sudo env "PATH=$PATH" npx itsup bootstrap',
          )
        : null,
    ),
  ]);
}
