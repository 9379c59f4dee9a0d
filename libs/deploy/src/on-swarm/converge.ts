import { exposedByDefault } from '@itsup/routing';

import type { LoadedStack } from '../desired/loaded-stack';
import type { StackPlan } from '../plan/model';
import type { Run } from '../run/run';
import type { HeldStack } from '../run/with-stack';
import type { StackFile } from '../swarm/stack-file';
import { budgetMs, isChecked } from '../swarm/update-config';
import { wavesOf } from '../swarm/waves';
import { bridgedServices, unbridgeable } from './bridge/bridged-services';
import { replaceBehindBridge } from './bridge/replace';
import { refuseMoved } from './plan-stack';
import { servicesNow } from './bridge/tasks';
import { waitForServices, type Waiting } from './wait-for-services';

/**
 * New services come in the order of `depends_on`; what is there already is updated with the last of them, and what
 * rows lead to behind a bridge.
 */
export async function converge(
  run: Run,
  loaded: LoadedStack,
  plan: StackPlan,
  file: StackFile,
  held: HeldStack,
): Promise<void> {
  const { spec, desired, model, options } = loaded;
  const { context } = run;
  const { docker } = context;
  const { journal } = held;
  const changed = plan.services.filter(({ action }) => !['none', 'remove'].includes(action));
  const created = new Set(changed.filter(({ action }) => action === 'create').map(({ service }) => service));
  const waves = wavesOf(desired.services, created);
  const observed = await servicesNow(docker, spec.projectName);
  const waitingFor = (names: readonly string[], projectName = spec.projectName): Waiting => ({
    ...{ stack: spec.stack, projectName },
    services: new Map(
      names.map((name) => [
        name,
        {
          earlierUpdate:
            projectName === spec.projectName ? (observed.get(name)?.service.update?.startedAt ?? null) : null,
          hasHealthcheck: isChecked(model.services[name]?.healthcheck),
          budgetMs: options.get(name)?.start.deadlineMs ?? budgetMs(model.services[name]?.healthcheck),
        },
      ]),
    ),
  });
  const isExposed = exposedByDefault(run.request.workspace.settings);
  const routed = bridgedServices(loaded, plan, file, observed, isExposed);
  const bridged = await withBridge(run, loaded, routed, file, created);
  refuseMoved(
    spec,
    desired.services.filter(({ name }) => !bridged.includes(name)),
    plan,
    observed,
  );
  // A bridge may need what is new, all of it.
  for (const wave of bridged.length > 0 ? waves : waves.slice(0, -1)) {
    await journal.step('start', async () => {
      await docker.swarm.deployStack(spec.projectName, JSON.stringify(only(file, new Set(wave))), {
        prune: false,
      });
      await waitForServices(context, waitingFor(wave));
    });
  }
  const update = async (): Promise<void> => {
    await docker.swarm.deployStack(spec.projectName, JSON.stringify(file), { prune: true });
    await waitForServices(context, waitingFor(changed.map(({ service }) => service)));
  };
  const publishRoutes = (): Promise<void> => run.publisher.settle(spec.stack);
  const request = { run, loaded, file, held, observed, waitingFor, update, publishRoutes };
  if (bridged.length > 0 && (await replaceBehindBridge(request, bridged))) return;
  await journal.step('update', update);
}

/** Of services that are to have a bridge those that can; the engine alone replaces the others. */
async function withBridge(
  { context: { docker, reporter } }: Run,
  { spec }: LoadedStack,
  names: readonly string[],
  file: StackFile,
  created: ReadonlySet<string>,
): Promise<string[]> {
  if (names.length === 0) return [];
  const networksOf = (name: string): string[] =>
    Object.keys(file.services[name]?.networks ?? {}).map((key) => file.networks[key]?.name ?? key);
  const known = new Set([
    ...(await docker.listNetworks()).map(({ name }) => name),
    ...[...created].flatMap(networksOf),
  ]);
  return names.filter((name) => {
    const why = unbridgeable(spec.projectName, name, file, known);
    if (why !== null) {
      const text = `note: ${name} is replaced without a bridge, for ${why}: a request can fail meanwhile`;
      reporter.line(spec.stack, text);
    }
    return why === null;
  });
}

/** The file with these services alone. */
function only(file: StackFile, names: ReadonlySet<string>): StackFile {
  const services = Object.entries(file.services).filter(([name]) => names.has(name));
  return { ...file, services: Object.fromEntries(services) };
}
