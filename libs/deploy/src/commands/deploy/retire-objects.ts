import type { HeldObject } from '../../publish/still-used';
import { labelUses } from '../../run/label-uses';
import { PROXY_STACK } from '../../requests';
import type { Run } from '../../run/run';

/**
 * The end of a run: what the proxy brought and the sources have no more goes, unless a route or a running container
 * still names it. Without its middleware a router answers 404, and that of a stack that failed, or that is not in this
 * run, is as it was. An engine that does not say what runs leaves everything as it is.
 */
export async function retireObjects(run: Run): Promise<void> {
  const { context, publisher, specs } = run;
  if (!publisher.hasRetired()) return;
  for (const { what, users } of await publisher.finish(
    await labelUses(context.docker, specs, run.request.workspace.settings.engine),
  )) {
    const stacks = users.filter((user) => specs.has(user) && user !== PROXY_STACK);
    const cure = stacks.length > 0 ? `; run: itsup deploy ${[...stacks, PROXY_STACK].join(' ')}` : '';
    context.reporter.line(PROXY_STACK, `note: ${heldNote({ what, users })}${cure}`);
  }
}

/** Why something of the proxy's is still there. */
export function heldNote({ what, users }: Pick<HeldObject, 'what' | 'users'>): string {
  return `${what} stays, because ${users.join(', ')} still ${users.length === 1 ? 'uses' : 'use'} it`;
}
