import { crowdsecPlugin } from '@itsup/artifacts';
import type { Problem, Settings } from '@itsup/config';

import type { DeployContext } from '../context';
import { readImageLock, type ImageLock } from '../images/image-lock';
import type { FirstFetched } from '../images/record-first';
import { keepPlugin, keptCopy, pluginReference, type KeptCopy } from './keep-plugin';

/** What a run knows of the plugin that Traefik loads from the state folder. */
export interface PluginOfRun {
  /** As a content that Traefik reads at its start; empty: there is no such plugin. */
  published: Record<string, string>;
  problems: Problem[];
}

/**
 * A deploy of the proxy fetches what is not there; a plan says what a deploy would do.
 * @param fetched a deploy: what came, or is there, without a line in the lock is added; null: nothing is fetched
 */
export async function pluginOfRun(
  context: DeployContext,
  settings: Settings,
  lock: ImageLock,
  fetched: FirstFetched | null,
): Promise<PluginOfRun> {
  const plugin = crowdsecPlugin(settings);
  if (plugin === null) return { published: {}, problems: [] };
  const reference = pluginReference(plugin);
  const locked = lock.get(reference) ?? null;
  const published = (digest: string | null): Record<string, string> => ({ [plugin.folder]: digest ?? '' });
  if (fetched !== null) {
    const { digest, problem } = await keepPlugin(context, plugin, lock);
    if (problem === null && locked === null) fetched.set(reference, digest);
    return { published: published(digest), problems: problem === null ? [] : [problem] };
  }
  const kept = await keptCopy(context.state, plugin);
  const digest = locked ?? kept.digest;
  const isHere = kept.digest !== null && kept.digest === digest && kept.damage === null;
  return { published: published(digest), problems: isHere ? [] : [toFetch(reference, digest, kept.digest)] };
}

/**
 * The kept copy against the lock, for doctor; null: none is to be there. A lock that cannot be read is another check's.
 */
export async function pluginFacts(
  { state, root }: Pick<DeployContext, 'state' | 'root'>,
  settings: Settings,
): Promise<(KeptCopy & { reference: string; locked: string | null }) | null> {
  const plugin = crowdsecPlugin(settings);
  if (plugin === null) return null;
  const reference = pluginReference(plugin);
  const lock = await readImageLock(root).catch((): ImageLock => new Map());
  return { reference, locked: lock.get(reference) ?? null, ...(await keptCopy(state, plugin)) };
}

function toFetch(reference: string, wanted: string | null, kept: string | null): Problem {
  const short = (digest: string): string => digest.slice('sha256:'.length, 'sha256:'.length + 12);
  const change =
    wanted !== null && kept !== null && wanted !== kept ? `: ${short(kept)} → ${short(wanted)}` : '';
  return {
    code: 'plugin-to-fetch',
    severity: 'note',
    message: `a deploy of the proxy fetches Traefik's plugin ${reference}${change}`,
  };
}
