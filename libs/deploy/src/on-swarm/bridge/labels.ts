import type { Docker } from '@itsup/docker';

import { servicesNow } from './tasks';

/** On a service whose labels are ahead of its tasks: those that its tasks were made with. */
const BEFORE_LABEL = 'itsup.labels-before';

/** The labels with those for Traefik that are wanted, and the way back. */
export function relabelled(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string> {
  const before = labels[BEFORE_LABEL] ?? JSON.stringify(only(labels, isTraefiks));
  return {
    ...only(labels, (key) => !isTraefiks(key)),
    ...only(wanted, isTraefiks),
    [BEFORE_LABEL]: before,
  };
}

/**
 * Gives services whose tasks were not replaced after all the labels that go with these.
 * @returns their names
 */
export async function restoreLabels(
  docker: Pick<Docker, 'swarm'>,
  projectName: string,
  names: readonly string[],
): Promise<Set<string>> {
  const restored = new Set<string>();
  for (const [name, { service }] of await servicesNow(docker, projectName)) {
    const before = service.labels[BEFORE_LABEL];
    if (before === undefined || !names.includes(name)) continue;
    await docker.swarm.setServiceLabels(service.id, {
      ...only(service.labels, (key) => !isTraefiks(key) && key !== BEFORE_LABEL),
      ...(JSON.parse(before) as Record<string, string>),
    });
    restored.add(name);
  }
  return restored;
}

/** As the CLI reads the labels of a stack file: it expands variables there. */
export function literal(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value.replaceAll('$$', '$')]));
}

function isTraefiks(label: string): boolean {
  return label.toLowerCase().startsWith('traefik.');
}

function only(
  labels: Readonly<Record<string, string>>,
  takes: (key: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => takes(key)));
}
