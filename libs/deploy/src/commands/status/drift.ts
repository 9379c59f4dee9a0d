import path from 'node:path';

import { compareText } from '@itsup/config';

import { stampContext } from '../../desired/files/build-context';
import type { Digester } from '../../desired/digest';
import { stampFile } from '../../desired/files/file-stamp';
import type { ObservedContainer } from '../../plan/model';
import type { DeployedFile } from '../../state/deployed';
import type { Drift } from '../../requests';

/**
 * What runs otherwise than the last deploy left it. Pure: from its record and the one listing, so a container that only
 * stopped is none of it; its state says so.
 */
export function containerDrift(deployed: DeployedFile, containers: readonly ObservedContainer[]): Drift[] {
  const drift: Drift[] = [];
  const present = new Map(containers.map((container) => [container.id, container]));
  const known = new Set<string>();
  for (const [service, { containers: records, replicas }] of Object.entries(deployed.services)) {
    const missing = records.filter(({ id }) => !present.has(id)).length;
    const gone = Math.max(missing, replicas - records.length);
    if (gone > 0)
      drift.push({ kind: 'missing', service, message: `${service}: ${gone} of ${replicas} gone` });
    for (const record of records) {
      known.add(record.id);
      const container = present.get(record.id);
      if (container === undefined || container.image === record.image) continue;
      const message = `${service}: ${record.image} names another image by now than ${container.name} runs`;
      drift.push({ kind: 'image', service, message });
    }
  }
  for (const { id, name, service } of containers) {
    if (known.has(id)) continue;
    drift.push({ kind: 'unknown', service, message: `${service}: ${name} was not made by the last deploy` });
  }
  return drift;
}

/**
 * Files and build contexts that differ from what the last deploy read. Contents are read only where a stamp differs.
 */
export async function fileDrift(
  root: string,
  { inputs }: DeployedFile,
  digester: Digester,
  now: number,
): Promise<Drift[]> {
  const changed = await Promise.all(
    inputs.files.map(async (known) => {
      const stamp = await stampFile(known.path, digester, now, known);
      return stamp.digest === known.digest ? [] : [shown(root, known.path)];
    }),
  );
  const contexts = await Promise.all(
    Object.values(inputs.contexts).map(async (known) => {
      const { context, dockerfile, digest } = known;
      const stamp = await stampContext({ context, dockerfile }, now, known);
      return stamp?.digest === digest ? [] : [`${shown(root, context)}/`];
    }),
  );
  return [...changed, ...contexts]
    .flat()
    .sort(compareText)
    .map((file) => ({ kind: 'file', service: null, message: `${file} changed since the last deploy` }));
}

function shown(root: string, file: string): string {
  const relative = path.relative(root, file);
  return relative.startsWith('..') ? file : relative;
}
