/** What may name an object of the dynamic files, in words: a stack, a file, a container. */
export interface Use {
  user: string;
  /** Names of objects, without `@file`. */
  names: ReadonlySet<string>;
}

/** Fields of Traefik's configuration whose texts are names of services, middlewares, transports and TLS options. */
const NAMING = new Set(['service', 'fallback', 'middlewares', 'serverstransport', 'options']);
/** Fields whose elements name a service by their `name`. */
const LISTS = new Set(['services', 'mirrors']);
const OF_FILES = '@file';

/**
 * Names of objects of the file provider that a piece of configuration refers to. Of which kind each is does not matter:
 * to take a name for one more use than it is costs nothing.
 */
export function namesIn(configuration: unknown): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown, field: string): void => {
    if (typeof value === 'string') {
      if (NAMING.has(field)) add(names, value);
    } else if (Array.isArray(value)) {
      for (const item of value) {
        visit(item, field);
        const { name } = (item ?? {}) as { name?: unknown };
        if (LISTS.has(field) && typeof name === 'string') add(names, name);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) visit(member, key.toLowerCase());
    }
  };
  visit(configuration, '');
  return names;
}

/** The same of a container's labels, which have to say `@file`. */
export function namesInLabels(labels: Readonly<Record<string, string>>): Set<string> {
  const names = new Set<string>();
  for (const [label, value] of Object.entries(labels)) {
    if (!label.toLowerCase().startsWith('traefik.')) continue;
    for (const part of value.split(',').map((text) => text.trim())) {
      if (part.endsWith(OF_FILES)) names.add(part.slice(0, -OF_FILES.length));
    }
  }
  return names;
}

/** Labels and texts alike may hold several names with commas between. */
function add(names: Set<string>, text: string): void {
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const at = part.lastIndexOf('@');
    if (at < 0) names.add(part);
    else if (part.slice(at) === OF_FILES) names.add(part.slice(0, at));
  }
}
