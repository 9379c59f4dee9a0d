import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ComposeModel, ComposeService } from '@itsup/docker';
import { parse } from 'yaml';

interface ComposeFile {
  include?: { project_directory: string; path: string[] }[];
  services?: Record<string, ComposeService & { networks?: unknown }>;
  networks?: Record<string, { name?: string; external?: boolean; internal?: boolean } | null>;
}

/**
 * What Compose makes of an artifact, as far as the generated trees use Compose: the files that it includes merged, and
 * the default network for services that ask for none. Compose itself would take a process for every stack.
 */
export function composeModel(artifact: string, project: string): ComposeModel {
  const main = parse(readFileSync(artifact, 'utf8')) as ComposeFile;
  const paths = main.include?.flatMap(({ path }) => path) ?? [];
  const files = paths.map(
    (path) => parse(readFileSync(join(dirname(artifact), path), 'utf8')) as ComposeFile,
  );
  const services: ComposeModel['services'] = {};
  const networks: NonNullable<ComposeModel['networks']> = { default: { name: `${project}_default` } };
  for (const file of [main, ...files]) {
    for (const [name, service] of Object.entries(file.services ?? {})) {
      const below = services[name] ?? {};
      services[name] = {
        ...below,
        ...service,
        labels: { ...below.labels, ...service.labels },
        networks: { ...(service.networks ?? below.networks ?? { default: null }) },
      };
    }
    for (const [name, network] of Object.entries(file.networks ?? {})) {
      networks[name] = { name: `${project}_${name}`, ...network };
    }
  }
  return { name: project, services, networks };
}
