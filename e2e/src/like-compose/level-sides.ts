import type { Step } from './reference-run';
import type { Container, Snapshot } from './snapshot';

/** Takes away what only Compose left as it was. */
export function leftByCompose(theirs: Snapshot, own: Snapshot): boolean {
  const gone = Object.keys(theirs.containers).filter(
    (service) =>
      !(service in own.containers) && theirs.containers[service]?.every(({ fate }) => fate === 'kept'),
  );
  for (const service of gone) delete theirs.containers[service];
  return gone.length > 0;
}

/** Calls new what only Compose kept. */
export function keptByCompose(theirs: Snapshot, own: Snapshot): boolean {
  let shown = false;
  for (const [service, containers] of Object.entries(theirs.containers))
    for (const [index, container] of containers.entries()) {
      if (container.fate !== 'kept' || own.containers[service]?.[index]?.fate !== 'new') continue;
      container.fate = 'new';
      // A container that is made in place of another has its anonymous volumes, mounted by their names.
      if (JSON.stringify(own.containers[service]?.[index]?.mounts).includes('anonymous, the one before')) {
        container.host['Mounts'] = own.containers[service]?.[index]?.host['Mounts'];
        container.mounts = own.containers[service]?.[index]?.mounts ?? [];
      }
      shown = true;
    }
  return shown;
}

/** Takes for new what only we kept, or restarted, beside another service that is new on both sides. */
export function keptByUs(theirs: Snapshot, own: Snapshot): boolean {
  const isNewToBoth = Object.keys(theirs.containers).some((service) =>
    [theirs, own].every(({ containers }) => containers[service]?.some(({ fate }) => fate === 'new')),
  );
  if (!isNewToBoth) return false;
  let shown = false;
  for (const [service, containers] of Object.entries(own.containers))
    for (const [index, container] of containers.entries()) {
      const there = theirs.containers[service]?.[index];
      if (container.fate === 'new' || there?.fate !== 'new') continue;
      // Compose mounts the anonymous volumes of a container that it makes anew by their names.
      containers[index] = {
        ...container,
        fate: 'new',
        host: { ...container.host, Mounts: there.host['Mounts'] },
      };
      for (const side of [theirs, own])
        for (const order of Object.keys(side.order))
          if (order.startsWith(`${service} after `)) delete side.order[order];
      shown = true;
    }
  return shown;
}

/** Takes our containers of one fate for Compose's of another one. */
export function takeOursFor(
  fate: Container['fate'],
  instead: Container['fate'],
): (theirs: Snapshot, own: Snapshot) => boolean {
  return (theirs, own) => {
    let shown = false;
    for (const [service, containers] of Object.entries(own.containers))
      for (const [index, container] of containers.entries()) {
        const there = theirs.containers[service]?.[index];
        if (container.fate !== fate || there?.fate !== instead) continue;
        containers[index] = there;
        for (const order of Object.keys(theirs.order)) {
          if (!order.startsWith(`${service} after `)) continue;
          delete theirs.order[order];
          delete own.order[order];
        }
        shown = true;
      }
    return shown;
  };
}

/** Of fields that the other side has as null those that are empty here: the engine's two words for nothing. */
function withoutNothing(
  networks: Container['networks'],
  there: Container['networks'],
): Container['networks'] {
  return Object.fromEntries(
    Object.entries(networks).map(([name, endpoint]) => {
      const other = (there[name] ?? {}) as Record<string, unknown>;
      const fields = Object.entries(endpoint as Record<string, unknown>).map(([key, value]) => {
        const isNothing = [value, other[key]].every((each) => each === null || JSON.stringify(each) === '{}');
        return [key, isNothing ? other[key] : value] as const;
      });
      return [name, Object.fromEntries(fields)];
    }),
  );
}

/** Takes for new what only we kept, whose networks changed while it ran. */
export function joinedByUs(theirs: Snapshot, own: Snapshot): boolean {
  let shown = false;
  for (const [service, containers] of Object.entries(own.containers))
    for (const [index, container] of containers.entries()) {
      const there = theirs.containers[service]?.[index];
      if (container.fate !== 'kept' || there?.fate !== 'new') continue;
      // The network that it was made with.
      const { NetworkMode } = there.host;
      const networks = withoutNothing(container.networks, there.networks);
      containers[index] = { ...container, fate: 'new', host: { ...container.host, NetworkMode }, networks };
      for (const side of [theirs, own])
        for (const order of Object.keys(side.order))
          if (order.startsWith(`${service} after `)) delete side.order[order];
      shown = true;
    }
  return shown;
}

/** Takes our connections for Compose's where it connected a container without a name and we did with one. */
export function connectedByName(theirs: Snapshot, own: Snapshot): boolean {
  let shown = false;
  for (const [service, containers] of Object.entries(own.containers))
    for (const [index, { fate, networks }] of containers.entries()) {
      const there = theirs.containers[service]?.[index];
      if (there === undefined || there.fate !== fate) continue;
      for (const [name, connection] of Object.entries(networks)) {
        if (
          aliasesOf(there.networks[name])?.length !== 0 ||
          aliasesOf(connection)?.includes(service) !== true
        )
          continue;
        there.networks[name] = connection;
        shown = true;
      }
    }
  return shown;
}

function aliasesOf(connection: unknown): string[] | undefined {
  return (connection as { Aliases?: string[] } | undefined)?.Aliases;
}

/** Calls restarted what only we replaced. */
export function replacedByUs(theirs: Snapshot, own: Snapshot): boolean {
  let shown = false;
  for (const [service, containers] of Object.entries(own.containers))
    for (const [index, container] of containers.entries()) {
      if (container.fate !== 'new' || theirs.containers[service]?.[index]?.fate !== 'restarted') continue;
      container.fate = 'restarted';
      shown = true;
    }
  return shown;
}

export function each(
  compose: Step[],
  ours: Step[],
  act: (theirs: Snapshot, own: Snapshot) => boolean,
): boolean {
  return compose
    .map((step, index) => {
      const own = ours[index];
      return own !== undefined && act(step.snapshot, own.snapshot);
    })
    .some(Boolean);
}
