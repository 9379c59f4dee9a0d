import { createTraefikApi, qualified, type HttpGet } from '@itsup/traefik';
import { isDeepStrictEqual } from 'node:util';

import type { Pin } from './pin';
import { complaintAbout, isUp, leadingService, missingLabels, supersededRouter } from './served';
import { protocols, type ProvidedConfiguration } from '../provider/provided-configuration';
import { RolloutError } from '../procedure/rollout-error';
import type { ProxyAccess, RolloutLimits } from '../types';
import { waitFor, type Waiter } from '../procedure/waiting';

export interface Acknowledgement {
  get: HttpGet;
  proxy: ProxyAccess;
  limits: RolloutLimits;
  waiter: Waiter;
  /**
   * Milliseconds: the moment before Traefik's files were changed. What its log says of them comes at once, and no
   * second time.
   */
  since: number;
}

/**
 * Waits until every Traefik instance serves the pin.
 *
 * @param excused routers (`name@file`) that did not work before either
 * @throws RolloutError when the time is up, with what Traefik says against the pin's routers
 */
export async function acknowledgePin(
  ack: Acknowledgement,
  pin: Pin,
  excused: ReadonlySet<string>,
): Promise<void> {
  let complaint = '';
  const refusal = fileRefusal(ack);
  await everyInstance(
    ack,
    'Traefik to take over the route file',
    async (api) => {
      if (!(await api.hasHttpMiddleware(qualified(pin.marker, 'file')))) {
        complaint =
          'it does not read the file; is another file of its dynamic folder broken? See `logs` of the proxy';
        await refusal();
        return false;
      }
      complaint = complaintAbout(await api.rawData(), pin, excused);
      return complaint === '';
    },
    () => complaint,
  );
}

/** How long Traefik gets to take what was written, before its log is asked why it does not. */
const SILENCE_MS = 1_500;

/**
 * Asks Traefik's log, now and then, whether it still reads its files: one that it cannot read keeps all changes out,
 * and waiting does not help.
 * @throws RolloutError with the file and the fault
 */
function fileRefusal({ proxy, waiter, since }: Acknowledgement): () => Promise<void> {
  let next = waiter.clock.now() + SILENCE_MS;
  return async () => {
    if (proxy.faultInLog === undefined || waiter.clock.now() < next) return;
    next = waiter.clock.now() + SILENCE_MS;
    const fault = await proxy.faultInLog(since);
    if (fault !== null) throw new RolloutError(`Traefik reads none of its files any more: ${fault}`);
  };
}

/**
 * Waits until no instance has a router of the old labels that gets other requests than the new labels' router of that
 * name: its priority may be above the pin's, and it leads to containers that are about to be stopped. Traefik drops it
 * as soon as its docker provider sees both containers; after a restart of the engine that takes until the provider is
 * connected again.
 */
export async function acknowledgeSuperseded(
  ack: Acknowledgement,
  before: ProvidedConfiguration,
  wanted: ProvidedConfiguration,
): Promise<void> {
  const isDecided = protocols.every((protocol) =>
    Object.entries(before[protocol].routers).every(([name, router]) => {
      const heir = wanted[protocol].routers[name];
      return heir === undefined || isDeepStrictEqual(router, heir);
    }),
  );
  if (isDecided) return;
  let left = '';
  await everyInstance(
    ack,
    "Traefik's docker provider to drop the old routes",
    async (api) => {
      left = supersededRouter(await api.rawData(), before, wanted);
      return left === '';
    },
    () => `router ${left} is still what the old labels say`,
    ack.limits.engineTimeout,
  );
}

/**
 * Waits until the docker provider of no instance leads to these servers any more: what is below their routers gets the
 * requests.
 */
export async function acknowledgeUnled(ack: Acknowledgement, gone: ProvidedConfiguration): Promise<void> {
  let left = '';
  await everyInstance(
    ack,
    "Traefik's docker provider to see that the old containers are gone",
    async (api) => {
      left = leadingService(await api.rawData(), gone);
      return left === '';
    },
    () => `service ${left} still leads to them`,
    ack.limits.providerTimeout,
  );
}

/** Waits until no instance serves the pin any more. */
export async function acknowledgeUnpinned(ack: Acknowledgement, marker: string): Promise<void> {
  const refusal = fileRefusal(ack);
  await everyInstance(ack, 'Traefik to let go of the route file', async (api) => {
    if (!(await api.hasHttpMiddleware(qualified(marker, 'file')))) return true;
    await refusal();
    return false;
  });
}

/**
 * Waits until the docker provider of every instance shows these routers and sends them to exactly these servers: from
 * then on they serve without the pin.
 */
export async function acknowledgeLabels(
  ack: Acknowledgement,
  provided: ProvidedConfiguration,
): Promise<void> {
  let missing = '';
  await everyInstance(
    ack,
    "Traefik's docker provider to show the routes of the labels",
    async (api) => {
      missing = missingLabels(await api.rawData(), provided);
      return missing === '';
    },
    () => missing,
    ack.limits.providerTimeout,
  );
}

/** Routers of a pin whose originals do not work; nobody can ask of the pin that it makes them work. */
export async function brokenRouters(
  ack: Acknowledgement,
  pin: Pin,
  original: (name: string) => string[],
): Promise<Set<string>> {
  const broken = new Set<string>();
  await everyInstance(ack, 'Traefik to say what it serves', async (api) => {
    const served = await api.rawData();
    for (const { protocol, name } of pin.routers) {
      const works = original(name).some((candidate) => isUp(served[protocol].routers.get(candidate)));
      if (!works) broken.add(qualified(name, 'file'));
    }
    return true;
  });
  return broken;
}

async function everyInstance(
  ack: Acknowledgement,
  what: string,
  agrees: (api: ReturnType<typeof createTraefikApi>) => Promise<boolean>,
  lastWords: () => string = () => '',
  limitMs: number = ack.limits.ackTimeout,
): Promise<void> {
  const addresses = await ack.proxy.apis();
  if (addresses.length === 0)
    throw new RolloutError('no Traefik is running; deploy the proxy first: itsup deploy proxy');
  let failure = '';
  await waitFor(
    ack.waiter,
    { what, limitMs, intervalMs: ack.limits.ackInterval },
    async () => {
      try {
        for (const address of addresses) {
          if (!(await agrees(createTraefikApi(address, ack.get, ack.proxy.apiSecret)))) return null;
        }
        failure = '';
        return true;
      } catch (error) {
        if (error instanceof RolloutError) throw error;
        failure = error instanceof Error ? error.message : String(error);
        return null;
      }
    },
    () => (failure === '' ? lastWords() : `${failure}; start Traefik: itsup deploy proxy`),
  );
}

/**
 * Waits out what no API tells: its entry point may switch some microseconds before the others, and requests that chose
 * the old handler have to be on their way before anything that they lead to is started, drained or stopped.
 */
export async function waitMargin(ack: Acknowledgement): Promise<void> {
  await ack.waiter.clock.sleep(ack.limits.ackMargin);
}
