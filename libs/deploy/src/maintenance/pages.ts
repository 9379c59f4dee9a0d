import type { DeployContext } from '../context';
import { listStacks } from '../state/identity';
import { shownPages } from './page-server';
import { readMaintenance } from './standing';

/** A maintenance page that somebody put up. */
export interface MaintenancePage {
  stack: string;
  /** ISO 8601, UTC. */
  since: string;
  by: string;
  /** What shows it runs. */
  isShown: boolean;
}

/** All pages that are up, by stack; the engine is asked only where there are some. */
export async function maintenancePages({
  docker,
  state,
}: Pick<DeployContext, 'docker' | 'state'>): Promise<MaintenancePage[]> {
  const stacks = await listStacks(state);
  const found = await Promise.all(
    stacks.map(async (stack) => {
      const maintenance = await readMaintenance(state, stack);
      return maintenance === null ? [] : [{ stack, since: maintenance.since, by: maintenance.by }];
    }),
  );
  const pages = found.flat();
  if (pages.length === 0) return [];
  const shown = await shownPages(docker);
  return pages.map((page) => ({ ...page, isShown: shown.has(page.stack) }));
}
