import type { DesiredService } from '../model';

type Node = Pick<DesiredService, 'name' | 'dependsOn' | 'hangsOn'>;

/** Services that have to be there before this one, each once. */
export function needsOf({ dependsOn, hangsOn }: Node): string[] {
  return [...new Set([...dependsOn, ...hangsOn].map(({ service }) => service))];
}

/** The services, each after those it depends on or hangs on. Compose refuses a circle; here it ends somewhere. */
export function inDependencyOrder<T extends Node>(services: readonly T[]): T[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const seen = new Set<string>();
  const ordered: T[] = [];
  const visit = (service: T): void => {
    if (seen.has(service.name)) return;
    seen.add(service.name);
    for (const name of needsOf(service)) {
      const other = byName.get(name);
      if (other !== undefined) visit(other);
    }
    ordered.push(service);
  };
  for (const service of services) visit(service);
  return ordered;
}
