import { composeProjectName } from '../names/compose-name';
import { claimedTwice, type Conflict, type Party, type RoutedProject } from './conflict';

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
  const named = projectNames(routed);
  const proxy = { name: PROXY, party: { project: null, label: 'the proxy', place: null } };
  return claimedTwice(
    'project',
    named.some(({ name }) => name === PROXY) ? [...named, proxy] : named,
    (name, labels) => ({
      code: 'project-name-conflict',
      message: `${labels} are one Compose project, ${name}`,
      help: 'give each a name of its own: `name:` in the Compose file, or COMPOSE_PROJECT_NAME in its .env',
    }),
    ({ label }) => `${label} gets it here`,
  );
}
