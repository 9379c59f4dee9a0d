import { readFileSync } from 'node:fs';

import { DockerError, type ComposeModel, type ComposeStack } from '@itsup/docker';
import { parse } from 'yaml';

/** A rollback includes the recorded files, and one that names images by their ids. */
interface IncludingModel extends ComposeModel {
  include?: { path: string[] }[];
}

/** A Compose file with the services of those that it includes; a later one's keys replace an earlier one's. */
export function parseModel(text: string, read: (file: string) => ComposeModel): ComposeModel {
  const { include = [], ...model } = parse(text) as IncludingModel;
  return mergedModel([...include.flatMap(({ path }) => path).map(read), model]);
}

/** Several files' models as one; a later one's keys replace an earlier one's. */
export function mergedModel(parts: readonly ComposeModel[]): ComposeModel {
  const services: ComposeModel['services'] = {};
  let whole: ComposeModel = { name: parts[0]?.name ?? '', services };
  for (const part of parts) {
    for (const [name, service] of Object.entries(part.services ?? {}))
      services[name] = { ...services[name], ...service };
    whole = { ...whole, ...part, services };
  }
  return whole;
}

/**
 * The simulation's Compose files are canonical models in JSON, with `${NAME}` where a variable is. An environment
 * variable that is null has the value of the caller's.
 */
export function readModel({ files, env: added, inherit = {} }: ComposeStack): ComposeModel {
  const env: Readonly<Record<string, string | undefined>> = { ...inherit, ...added };
  const read = (file: string): ComposeModel => {
    const text = readFileSync(file, 'utf8');
    return parseModel(
      text.replace(/\$\{(\w+)\}/g, (_, name: string) => env[name] ?? ''),
      read,
    );
  };
  try {
    const model = mergedModel(files.map(read));
    for (const { environment = {} } of Object.values(model.services))
      for (const [name, value] of Object.entries(environment)) environment[name] = value ?? env[name] ?? null;
    return model;
  } catch (error) {
    throw new DockerError({ code: 'compose-invalid', reason: String(error) });
  }
}
