import type { Workspace } from '@itsup/config';
import { labelFields, listField, listOf, qualified, qualifiedBy, subtree, treeOf } from '@itsup/traefik';
import type { Lookups } from '../conflicts/circumstances';
import { writtenLabels } from '../labels/label-routers';

/**
 * By the full names of HTTP services, those of the middlewares that requests pass at the service itself, behind a
 * router's (Traefik 3.7): no row has any, labels and `projects/middlewares.yml` may.
 */
export function serviceMiddlewares(
  { projects, settings }: Workspace,
  lookups?: Lookups,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const project of projects) {
    for (const service of project.compose?.services ?? []) {
      const { labels } = writtenLabels(service, lookups?.(project.name));
      for (const { protocol, kind, name, field, value } of labelFields(labels)) {
        if (protocol !== 'http' || kind !== 'services' || field !== 'middlewares') continue;
        found.set(
          qualified(name, 'docker'),
          listOf(value).map((one) => qualifiedBy(one, 'docker')),
        );
      }
    }
  }
  const files = subtree(subtree(settings.middlewaresOverride?.data, 'http'), 'services');
  for (const [name, definition] of Object.entries(files))
    found.set(
      qualified(name, 'file'),
      listField(treeOf(definition), 'middlewares').map((one) => qualifiedBy(one, 'file')),
    );
  return found;
}
