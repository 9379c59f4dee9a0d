import path from 'node:path';

import { loadPageTemplates } from '@itsup/artifacts';
import { UserError } from '@itsup/config';
import { factsOf, leadBack, leadToPage, RolloutError, type PageContext } from '@itsup/rollout';

import type { DeployContext } from '../context';
import { never } from '../engine/retry-on-restart';
import { observeNow } from '../engine/list-engine';
import { getText } from '../proxy/network-probes';
import { publishedHttpRouters } from '../publish/kept-entry-points';
import { proxyAccess } from '../proxy/proxy-access';
import { acquireLock, SHORT_LOCK_WAIT_MS } from '../state/lock';
import { pageService, startPageServer, stopPageServer } from './page-server';
import { forgetMaintenance, readMaintenance, writeMaintenance } from './standing';

/** The stack whose page it is. */
export interface PageSubject {
  stack: string;
  projectName: string;
}

/**
 * Shows all who come to a stack by HTTP the page that it is away, until `hidePage`: deploys, restarts and hand-overs of
 * Traefik leave it. Repeated, it puts right what is not as it should be.
 * @returns how many routes lead to it
 * @throws UserError where no Traefik runs, or nothing of the stack was ever started
 */
export async function showPage(context: DeployContext, subject: PageSubject): Promise<number> {
  const { stack } = subject;
  return alone(context, stack, async () => {
    const { state, system } = context;
    const known = await readMaintenance(state, stack);
    const since = known?.since ?? new Date(system.now()).toISOString();
    const by = known?.by ?? `${system.user}@${system.hostname}`;
    const routes = await lead(context, subject);
    if (routes === 0) throw noRoutes(stack);
    await writeMaintenance(state, stack, { version: 1, since, by });
    return routes;
  });
}

/** After a deploy: the page is for the routes that there are now. Nothing where the stack shows none. */
export async function keepPage(context: DeployContext, subject: PageSubject): Promise<void> {
  const { stack } = subject;
  if ((await readMaintenance(context.state, stack)) === null) return;
  await alone(context, stack, async () => {
    // It may have been taken away meanwhile.
    if ((await readMaintenance(context.state, stack)) === null) return;
    await lead(context, subject);
    context.reporter.line(
      stack,
      `note: visitors see the maintenance page until: itsup maintenance ${stack} off`,
    );
  });
}

/** @returns whether it was shown */
export async function hidePage(context: DeployContext, stack: string): Promise<boolean> {
  return alone(context, stack, async () => {
    const { state } = context;
    const isShown = (await readMaintenance(state, stack)) !== null;
    await inOperatorsWords(stack, async () =>
      leadBack(await pageContext(context, stack), stack, state.dynamicDir),
    );
    await stopPageServer(context, stack);
    await forgetMaintenance(state, stack);
    return isShown;
  });
}

async function lead(context: DeployContext, { stack, projectName }: PageSubject): Promise<number> {
  const { docker, root, state } = context;
  const traefik = await pageContext(context, stack);
  if (traefik === null) {
    throw new UserError({
      ...{ code: 'proxy-silent', severity: 'error', project: stack },
      message: 'Traefik does not run, so nobody would see the page',
      help: 'itsup deploy proxy',
    });
  }
  const listed = await docker.listContainers({});
  const own = listed.filter(({ compose }) => compose?.project === projectName);
  const ids = own.filter(({ compose }) => compose?.oneoff === false).map(({ id }) => id);
  const others = listed.filter((one) => !own.includes(one)).map(({ id }) => id);
  const subject = {
    project: stack,
    containers: await factsOf(docker, ids),
    others: await factsOf(docker, others),
    routers: await publishedHttpRouters(state, stack),
  };
  if (ids.length + subject.routers.length === 0) throw noRoutes(stack);
  const pages = await loadPageTemplates(root);
  await startPageServer(
    context,
    stack,
    pages.render('pages/unavailable.html', { project: stack, service: null }),
  );
  return inOperatorsWords(stack, async () => {
    const routes = await leadToPage(traefik, subject, pageService(stack));
    if (routes === 0) await stopPageServer(context, stack);
    return routes;
  });
}

/** null: no Traefik runs. */
async function pageContext(context: DeployContext, stack: string): Promise<PageContext | null> {
  const { docker, reporter, signal, state, system } = context;
  const proxy = await proxyAccess(state, await observeNow(docker), docker);
  if (proxy === null) return null;
  const onWaiting = ({ what }: { what: string }): void => reporter.status?.(stack, `waits for ${what}`);
  return { get: getText, proxy, waiter: { clock: system, signal: signal ?? never(), onWaiting } };
}

/** Two commands for one page would undo each other's halves. */
async function alone<T>(context: DeployContext, stack: string, act: () => Promise<T>): Promise<T> {
  const { signal, state, system } = context;
  const lock = await acquireLock({
    file: path.join(state.stackDir(stack), 'maintenance.lock'),
    what: `maintenance page of ${stack}`,
    command: 'maintenance',
    waitMs: SHORT_LOCK_WAIT_MS,
    system,
    ...(signal && { signal }),
  });
  try {
    return await act();
  } finally {
    await lock.release();
  }
}

/** What Traefik does not take, in the operator's words. */
async function inOperatorsWords<T>(stack: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    throw new UserError({
      ...{ code: 'page-not-shown', severity: 'error', project: stack, message: `${stack}: ${error.message}` },
      help: 'correct that and run the command again: it begins anew',
    });
  }
}

function noRoutes(stack: string): UserError {
  return new UserError({
    ...{ code: 'page-not-shown', severity: 'error', project: stack },
    message: `${stack} has no route for HTTP that could lead to a page`,
    help: `a page needs an HTTP row that was deployed: itsup deploy ${stack}`,
  });
}
