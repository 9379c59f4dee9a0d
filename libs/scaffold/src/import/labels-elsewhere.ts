import { parse } from 'yaml';
import type { ComposeSource } from './compose-file';

/** Traefik's labels that an import does not touch: those behind an anchor, and those of a Swarm. */
export function labelsElsewhere({ text, services }: ComposeSource): string[] {
  const model = parse(text, { logLevel: 'silent', merge: true }) as {
    services: Record<string, { labels?: unknown; deploy?: { labels?: unknown } | null } | null>;
  };
  return services.flatMap(({ name, labels }) => {
    const service = model.services[name];
    return [
      ...(labels === null && isForTraefik(service?.labels)
        ? [
            `${name}: its labels stand behind an anchor (\`*\`, \`<<\`) and stay; write them out and import again`,
          ]
        : []),
      ...(isForTraefik(service?.deploy?.labels)
        ? [`${name}: labels under \`deploy\` are a Swarm's and stay; without one nobody reads them`]
        : []),
    ];
  });
}

function isForTraefik(labels: unknown): boolean {
  if (typeof labels !== 'object' || labels === null) return false;
  const written: unknown[] = Array.isArray(labels) ? labels : Object.keys(labels);
  return written.some((label) => typeof label === 'string' && /^traefik\./i.test(label));
}
