import type { InputsOptions } from '../desired/inputs';
import type { LoadOptions } from '../desired/loaded-stack';
import type { ObservedContainer } from '../plan/model';
import type { StackSpec } from '../stack/stack-spec';
import type { Run } from './run';

const NOTHING_BUILT: ReadonlySet<string> = new Set();

/** What it takes to load a stack's desired state in this run. */
export function loadOptions(run: Run, spec: StackSpec, own: ObservedContainer[]): LoadOptions {
  const { context } = run;
  const deployed = run.deployed.get(spec.stack) ?? null;
  const known = new Set(
    Object.values(deployed?.services ?? {}).flatMap((service) => service.containers.map(({ id }) => id)),
  );
  return {
    root: context.root,
    relocation: run.relocation,
    stateDir: context.state.dir,
    isolation: run.request.workspace.settings.isolation,
    env: context.env,
    docker: context.docker,
    secrets: run.secrets,
    ...(context.tracked && { tracked: context.tracked }),
    digester: run.digester,
    now: context.system.now(),
    deployed,
    pull: run.request.pull ?? false,
    own,
    unknown: own.filter((container) => !known.has(container.id)),
    built: NOTHING_BUILT,
    published: run.published,
    lock: run.lock,
  };
}

/** What it takes to see whether a stack's inputs are those of its last deploy. */
export function inputsOptions({ context, digester, published, lock }: Run): InputsOptions {
  const { state, env, system } = context;
  return { stateDir: state.dir, env, digester, now: system.now(), published, lock };
}
