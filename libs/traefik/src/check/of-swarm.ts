import { checkFile, checkLabels, type CheckOptions } from './check-configuration';

/**
 * The provider of a swarm's services is called `swarm`; whoever writes `auth@docker` means a label all the same. So
 * everywhere here labels are the docker provider's, and this is where they are called otherwise.
 */
const DOCKER = '@docker';
const SWARM = '@swarm';

/** Nothing is judged: what is wrong has been said before. */
const UNJUDGED: CheckOptions = { suggest: () => undefined, regexFlaw: () => null, ruleFlaw: () => null };

/** A file of Traefik's whose names of labels lead to the swarm provider; comments and all else stay. */
export function fileOfSwarm(text: string, kind: 'static' | 'dynamic'): string {
  if (!text.includes(DOCKER)) return text;
  const spans = checkFile(text, kind, UNJUDGED)
    .references.filter(({ name }) => name.endsWith(DOCKER))
    .map(({ span }) => span);
  return [...new Map(spans.map((span) => [span.start, span])).values()]
    .sort((a, b) => b.start - a.start)
    .reduce(
      (before, { start, end }) =>
        `${before.slice(0, start)}${renamed(before.slice(start, end))}${before.slice(end)}`,
      text,
    );
}

/** Labels of a service of a swarm, from those that a container has with the docker provider. */
export function labelsOfSwarm(labels: Readonly<Record<string, string>>): Record<string, string> {
  return translated(labels, { from: 'docker', to: 'swarm' });
}

/** Labels that a container would have with the docker provider, from those of a service of a swarm. */
export function labelsOfDocker(labels: Readonly<Record<string, string>>): Record<string, string> {
  return translated(labels, { from: 'swarm', to: 'docker' });
}

function translated(
  labels: Readonly<Record<string, string>>,
  { from, to }: { from: string; to: string },
): Record<string, string> {
  const provider = `@${from}`;
  const naming = new Set(
    Object.values(labels).some((value) => value.includes(provider))
      ? checkLabels(labels, UNJUDGED)
          .references.filter(({ name, span }) => name.endsWith(provider) && span.label !== undefined)
          .map(({ span }) => span.label)
      : [],
  );
  return Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [
      key.replace(new RegExp(`^traefik\\.${from}\\.`, 'i'), `traefik.${to}.`),
      naming.has(key) ? renamed(value, provider, `@${to}`) : value,
    ]),
  );
}

/** What Traefik's API says of a swarm, with the docker provider's names. */
export function apiOfSwarm(json: string): string {
  return json.replaceAll(`${SWARM}"`, `${DOCKER}"`);
}

function renamed(text: string, from = DOCKER, to = SWARM): string {
  return text.replace(new RegExp(`${from}(?![\\w.-])`, 'g'), to);
}
