import type { KeptContainer } from '@itsup/docker';

import { NotHealthyError } from '../../run/failure/not-healthy-error';
import type { Convergence } from '../convergence';
import { runInContainers } from './hooks';
import { containersOf } from './service-containers';
import { lostFiles, writtenFiles } from './written-files';

/** Its engine answers after an interrupt too. */
type Unsignalled = Pick<Convergence, 'context' | 'loaded' | 'deployed'>;

/**
 * Brings back what ran before a recreation whose successor does not start or does not become ready: the service goes on
 * as it was. Says what came of it, and never rejects: what failed before is what the deploy fails with.
 */
export async function bringBack(convergence: Convergence, service: string): Promise<void> {
  const { context, loaded, kept } = convergence;
  const before = kept.get(service) ?? [];
  kept.delete(service);
  if (before.length === 0) return;
  const { reporter } = context;
  const { stack } = loaded.spec;
  // After an interrupt there is no time; and the command that failed may have been ended by it.
  const docker = context.docker.with({ signal: null });
  try {
    const present = await containersOf(docker, loaded, service);
    // What was made for its place goes; its anonymous volumes are the old one's, and stay.
    const fresh = present.filter((id) => before.every((one) => one.id !== id));
    // It may be at work on the data, which the old one goes on with: it gets the time that it has to end.
    if (fresh.length > 0) await docker.stop(fresh);
    await docker.remove(fresh, { force: true });
    const running = new Set(
      (await docker.inspectContainers(present)).filter((one) => one.running).map(({ id }) => id),
    );
    const ids = new Map<string, string>();
    for (const one of before) {
      // Not touched yet, or only stopped.
      if (present.includes(one.id)) await docker.start([one.id]);
      else ids.set(one.id, await docker.bringBack(one));
    }
    const lost = ids.size > 0 ? lostFiles(before) : '';
    reporter.line(stack, `${service}: ${nameOf(before)} runs again as before${lost}`);
    const unsignalled = { loaded, deployed: convergence.deployed, context: { ...context, docker } };
    const again = before.filter(({ id }) => !running.has(id)).map(({ id }) => ids.get(id) ?? id);
    await runPostStart(unsignalled, service, again);
    if (ids.size > 0) await bringBackUsers(unsignalled, service, ids);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    reporter.line(
      stack,
      `${service}: what ran before (${nameOf(before)}) could not be brought back: ${reason}`,
    );
  }
}

/** As Compose does wherever it starts a container. What the container was made with is not known but by its digest. */
async function runPostStart(
  convergence: Unsignalled,
  service: string,
  containers: readonly string[],
): Promise<void> {
  const { context, loaded, deployed } = convergence;
  const { stack } = loaded.spec;
  const recorded = deployed?.services[service]?.aspects['post_start'];
  const wanted = loaded.desired.services.find(({ name }) => name === service)?.aspects['post_start'];
  if (recorded !== wanted) {
    if (recorded !== undefined)
      context.reporter.line(stack, `${service}: its post_start was another one, and was not run`);
    return;
  }
  try {
    await runInContainers(convergence, 'post_start', service, containers);
  } catch (error) {
    const reason = error instanceof NotHealthyError ? error.problem.message : String(error);
    context.reporter.line(stack, `note: ${reason}; it runs all the same`);
  }
}

/** What uses a namespace or volumes of a container that has another id by now is made again for that one. */
async function bringBackUsers(
  convergence: Unsignalled,
  service: string,
  made: ReadonlyMap<string, string>,
): Promise<void> {
  const { loaded, context } = convergence;
  const { docker } = context;
  for (const { name, hangsOn } of loaded.desired.services) {
    if (!hangsOn.some((on) => on.service === service)) continue;
    const present = await docker.inspectContainers(await containersOf(docker, loaded, name));
    const users = present.filter(({ joins, running }) => running && joins.some((id) => made.has(id)));
    const ids = users.map(({ id }) => id);
    for (const user of await docker.keepContainers(ids, writtenFiles(loaded.model, name))) {
      let body = JSON.stringify(user.body);
      for (const [before, after] of made) body = body.replaceAll(before, after);
      await docker.remove([user.id], { force: true });
      const id = await docker.bringBack({ ...user, body: JSON.parse(body) as Record<string, unknown> });
      await runPostStart(convergence, name, [id]);
    }
  }
}

function nameOf(before: readonly KeptContainer[]): string {
  return before.map(({ name }) => name).join(', ');
}
