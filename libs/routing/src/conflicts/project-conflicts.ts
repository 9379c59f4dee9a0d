import { composeProjectName } from '../names/compose-name';
import { collect } from '../names/order';
import {
  claimKey,
  compareParties,
  conflictAt,
  holding,
  listed,
  type Conflict,
  type Party,
  type RoutedProject,
} from './conflict';

/** The proxy's own. */
const PROXY = 'proxy';

/** What Compose calls each project, whether it is to run or to be taken down. */
export function projectNames(routed: readonly RoutedProject[]): { name: string; party: Party }[] {
  return routed.flatMap(({ project }) => {
    const { name, kind, folder, compose } = project;
    if (kind === 'external' || compose === null) return [];
    const [file] = compose.files;
    const place = compose.projectNamePlace ?? { file: file ?? folder, line: 1, column: 1 };
    return [{ name: composeProjectName(project), party: { project: name, label: name, place } }];
  });
}

/** Two folders that Compose gives one name: each deploy would take the other one's containers for its own. */
export function projectConflicts(routed: readonly RoutedProject[]): Conflict[] {
  const byName = new Map<string, Party[]>();
  for (const { name, party } of projectNames(routed)) collect(byName, name, party);
  if (byName.has(PROXY)) collect(byName, PROXY, { project: null, label: 'the proxy', place: null });
  return [...byName].flatMap(([name, all]) => {
    const parties = all.map((party) => holding(party, claimKey('project', name))).sort(compareParties);
    const at = parties.at(-1);
    if (!at || parties.length < 2) return [];
    return [
      conflictAt(
        at,
        parties.slice(0, -1),
        {
          code: 'project-name-conflict',
          message: `${listed(parties.map(({ label }) => label))} are one Compose project, ${name}`,
          help: 'give each a name of its own: `name:` in the Compose file, or COMPOSE_PROJECT_NAME in its .env',
        },
        ({ label }) => `${label} gets it here`,
      ),
    ];
  });
}
