import { existsSync } from 'node:fs';
import path from 'node:path';

import type { ComposeService } from '@itsup/docker';
import { environmentOf } from '../as-meant';
import { handOver, recoverHandover, RolloutError, type Stored, type TraefikContainer } from '@itsup/rollout';
import { acmeResolvers, treeOfText, type StoreKnowledge } from '@itsup/traefik';

import { HandoverStore } from '../../certificates/store/handover-store';
import { flawOf, goodCertificates } from '../../certificates/store/store-copy';
import { readStore } from '../../certificates/store/store-file';
import type { DeployContext } from '../../context';
import type { LoadedStack } from '../../desired/loaded-stack';
import type { ServicePlan } from '../../plan/model';
import { STATIC_FILE } from '../../publish/published-file';
import type { Publisher } from '../../publish/publisher';
import type { Journal } from '../../state/journal';
import { readFileOrNull } from '../../state/atomic-file';
import type { State } from '../../state/state';
import { TRAEFIK, PROXY_STACK } from '../../requests';
import { handoverContext } from './handover-context';
import { helperImage } from '../../engine/helper-image';
import { InterruptedError } from '../../run/failure/interrupted-error';
import { handToTraefik, traefikUserOf, uidOf } from '../../proxy/traefik-files';
import { NotHealthyError } from '../../run/failure/not-healthy-error';
import { handoverFolder } from '../../proxy/traefik-service';

/** As in the proxy's Compose file. */
const GRACE_SECONDS = 45;

const lookAtIt = `see why with: docker logs ${PROXY_STACK}-${TRAEFIK}-1`;

export interface TraefikReplacement {
  context: DeployContext;
  loaded: LoadedStack;
  publisher: Publisher;
  journal: Journal;
  /** The running one reads another folder than the one that is published to. */
  readsOtherFiles: boolean;
  certificates: Pick<StoreKnowledge, 'unwanted' | 'wanted'>;
}

/** A hand-over was killed and is to be settled. */
export function hasHandover(state: State): boolean {
  return existsSync(handoverFolder(state));
}

/**
 * Replaces the running Traefik while it serves. Its new static configuration is published when the final instance is
 * about to read it, and not before: until then a restart has to find the one that is known to work.
 * @throws NotHealthyError
 */
export async function handOverTraefik(replacement: TraefikReplacement, plan: ServicePlan): Promise<void> {
  const { context, loaded, publisher, journal } = replacement;
  const service = loaded.model.services[TRAEFIK] ?? {};
  const user = traefikUserOf(service);
  const running = await context.docker.inspectContainers(plan.current);
  const { present, desired } = publisher.versionsOf(STATIC_FILE);
  const image = imageOf(loaded);
  const [current, next] = [present ?? desired ?? '', desired ?? present ?? ''];
  const access = { context, image, user, container: running.find((one) => one.running)?.id ?? null };
  const store = await HandoverStore.open(context, access, {
    current: treeOfText(current),
    next: treeOfText(next),
    knowledge: replacement.certificates,
  });
  const outcome = await handOver(
    await handoverContext(context),
    {
      current,
      next,
      container: {
        image,
        binds: bindsOf(service, loaded),
        env: environmentOf(service),
        limits: limitsOf(service),
      },
      folder: handoverFolder(context.state),
      dynamicFolder: context.state.dynamicDir,
      certificates: () => Promise.resolve(store.certificates()),
      stored: () => Promise.resolve(store.stored()),
      readsOtherFiles: replacement.readsOtherFiles,
      changesUser: running.some((container) => uidOf(container.user) !== uidOf(service.user ?? '')),
      helperImage: () => helperImage(context.docker, image),
      publish: () => publisher.publishStatic(),
      replace: async (graceSeconds) => {
        const stop = (): Promise<void> =>
          context.docker.stop(plan.current, { timeoutSeconds: graceSeconds ?? GRACE_SECONDS });
        for (const note of await store.refresh(stop)) context.reporter.line(PROXY_STACK, `note: ${note}`);
        await replaceTraefik(loaded, graceSeconds);
      },
    },
    journal,
  );
  if (outcome.result === 'done') return;
  if (outcome.result === 'interrupted' && outcome.leftover !== null) {
    throw new InterruptedError(`${plan.service}: ${outcome.leftover}`);
  }
  if (outcome.result === 'interrupted') context.signal?.throwIfAborted();
  const left = outcome.leftover === null ? 'the old one keeps serving' : `${outcome.leftover}; ${lookAtIt}`;
  throw new NotHealthyError(
    {
      code: 'handover-failed',
      severity: 'error',
      project: PROXY_STACK,
      message: `${PROXY_STACK}: ${plan.service} could not be replaced: ${outcome.reason}`,
      help: `${left}; correct it and run: itsup deploy ${PROXY_STACK}`,
    },
    outcome.details,
  );
}

/** Before a Traefik starts: one that cannot read its certificates serves all the same, with none of them. */
export async function handFiles({
  context,
  loaded,
  journal,
}: Omit<TraefikReplacement, 'publisher'>): Promise<void> {
  if (traefikUserOf(loaded.model.services[TRAEFIK] ?? {}) === null) return;
  await journal.step('hand-files', () => handTraefiksFiles(context, loaded));
}

/**
 * Settles a hand-over that was killed, before anything is planned.
 * @throws NotHealthyError
 */
export async function recoverTraefik({
  context,
  loaded,
}: Pick<TraefikReplacement, 'context' | 'loaded'>): Promise<void> {
  const recovery = {
    folder: handoverFolder(context.state),
    dynamicFolder: context.state.dynamicDir,
    stored: () => storedOf(context, loaded),
    helperImage: () => helperImage(context.docker, imageOf(loaded)),
    replace: async () => {
      await handTraefiksFiles(context, loaded);
      await replaceTraefik(loaded);
    },
  };
  try {
    await recoverHandover(await handoverContext(context), recovery);
  } catch (error) {
    if (!(error instanceof RolloutError)) throw error;
    throw new NotHealthyError(
      {
        code: 'handover-recovery-failed',
        severity: 'error',
        project: PROXY_STACK,
        message: `${PROXY_STACK}: the unfinished hand-over of ${TRAEFIK} could not be settled: ${error.message}`,
        help: `${lookAtIt}; correct it and run: itsup deploy ${PROXY_STACK}`,
      },
      error.details,
    );
  }
}

/** What acme.json holds, for the resolvers of the published configuration. */
async function storedOf(context: DeployContext, loaded: LoadedStack): Promise<Stored> {
  const user = traefikUserOf(loaded.model.services[TRAEFIK] ?? {});
  const text = await readStore({ context, image: imageOf(loaded), user, container: null });
  const published = await readFileOrNull(path.join(context.state.dir, STATIC_FILE));
  return {
    certificates: goodCertificates(text === null || flawOf(text) !== null ? [] : [text], 0),
    resolvers: acmeResolvers(treeOfText(published ?? '')).map(({ name }) => name),
  };
}

/**
 * Hands the state folder's files to the user that the stack's Traefik runs as, root excepted.
 * @throws NotHandedOver
 */
async function handTraefiksFiles(
  context: Pick<DeployContext, 'state' | 'docker'>,
  loaded: LoadedStack,
): Promise<void> {
  const service = loaded.model.services[TRAEFIK] ?? {};
  const user = traefikUserOf(service);
  if (user === null) return;
  const log = path.join(context.state.dir, 'log');
  const hasLog = (service.volumes ?? []).some(({ source }) => source === log);
  await handToTraefik(context, { image: imageOf(loaded), user, hasLog });
}

function imageOf({ desired }: LoadedStack): string {
  return desired.services.find((one) => one.name === TRAEFIK)?.image ?? '';
}

function replaceTraefik({ compose }: LoadedStack, timeoutSeconds?: number): Promise<void> {
  return compose.up({
    services: [TRAEFIK],
    noDeps: true,
    forceRecreate: true,
    noBuild: true,
    pull: 'never',
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
  });
}

/** The temporary instance mounts what the service does; secrets are files that Compose would mount. */
function bindsOf(service: ComposeService, { model }: LoadedStack): string[] {
  const mounts = (service.volumes ?? []).flatMap(({ type, source, target, read_only: readOnly }) =>
    source !== undefined && (type === 'bind' || type === 'volume')
      ? [
          `${type === 'volume' ? (model.volumes?.[source]?.name ?? source) : source}:${target}${readOnly ? ':ro' : ''}`,
        ]
      : [],
  );
  const secrets = (service.secrets ?? []).flatMap((reference) => {
    const file = model.secrets?.[reference.source]?.file;
    const target = reference.target ?? reference.source;
    return file === undefined ? [] : [`${file}:${path.posix.resolve('/run/secrets', target)}:ro`];
  });
  return [...mounts, ...secrets];
}

function limitsOf(service: ComposeService): TraefikContainer['limits'] {
  return {
    ...(service.user !== undefined && { user: service.user }),
    ...(service.cap_drop && { capDrop: service.cap_drop }),
    ...(service.cap_add && { capAdd: service.cap_add }),
    ...(service.security_opt && { securityOpt: service.security_opt }),
    ...(service.read_only !== undefined && { readOnly: service.read_only }),
    ...(service.tmpfs && { tmpfs: service.tmpfs }),
    ...(service.pids_limit !== undefined && { pidsLimit: service.pids_limit }),
  };
}
