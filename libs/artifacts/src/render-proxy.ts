import type { Workspace } from '@itsup/config';
import type { WorkspaceRouting } from '@itsup/routing';
import type { ArtifactFile } from './artifact';
import type { Templates } from './templates';

/**
 * The files of `proxy/`, in the order of `proxyArtifactPaths()`.
 * @throws UserError when a Traefik file would hold a `${VAR}`, which Traefik never expands, or an override cannot be merged.
 */
export function renderProxy(
  workspace: Workspace,
  routing: WorkspaceRouting,
  templates: Templates,
): ArtifactFile[] {
  void [workspace, routing, templates];
  return [];
}
