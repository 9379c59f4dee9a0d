import { parse } from 'yaml';
import type { ComposeSource } from './compose-file';

interface WrittenService {
  labels?: unknown;
  deploy?: { labels?: unknown } | null;
  extends?: unknown;
}

/**
 * Traefik's labels that an import does not touch, each with where it stands: behind an anchor, in a file that is
 * extended, in the override file, and those of a Swarm.
 */
export function labelsElsewhere(
  { text, services }: ComposeSource,
  override?: { file: string; text: string },
): string[] {
  const model = parse(text, { logLevel: 'silent', merge: true }) as {
    services: Record<string, WrittenService | null>;
  };
  const found = services.flatMap(({ name, labels }) => {
    const service = model.services[name];
    const extended = extendedFile(service?.extends);
    return [
      ...(labels === null && isForTraefik(service?.labels)
        ? [
            `${name}: its labels stand behind an anchor (\`*\`, \`<<\`) and stay; write them out and import again`,
          ]
        : []),
      ...(extended === null
        ? []
        : [
            `${name}: it extends a service of ${extended}; labels of Traefik there stay, and count on top of the rows`,
          ]),
      ...(isForTraefik(service?.deploy?.labels)
        ? [`${name}: labels under \`deploy\` are a Swarm's and stay; without one nobody reads them`]
        : []),
    ];
  });
  const overrides = override === undefined ? [] : servicesIn(override.text);
  return [
    ...found,
    ...overrides
      .filter(([, service]) => isForTraefik(service?.labels))
      .map(
        ([name]) =>
          `${name}: ${override?.file} has labels of Traefik for it, which stay and count on top of the rows`,
      ),
  ];
}

function servicesIn(text: string): [string, WrittenService | null][] {
  try {
    const model: unknown = parse(text, { logLevel: 'silent', merge: true });
    const services: unknown =
      typeof model === 'object' && model !== null && 'services' in model ? model.services : null;
    return typeof services === 'object' && services !== null ? Object.entries(services) : [];
  } catch {
    // Its own mistakes are told when the project is read.
    return [];
  }
}

function extendedFile(written: unknown): string | null {
  if (typeof written !== 'object' || written === null || !('file' in written)) return null;
  return typeof written.file === 'string' ? written.file : null;
}

function isForTraefik(labels: unknown): boolean {
  if (typeof labels !== 'object' || labels === null) return false;
  const written: unknown[] = Array.isArray(labels) ? labels : Object.keys(labels);
  return written.some((label) => typeof label === 'string' && /^traefik\./i.test(label));
}
