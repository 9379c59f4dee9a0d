import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ownVersion } from './own-package';
import { BUILD_RECORD, digestBuild, type BuildRecord } from './digests';

/** Whether the compiled code is what the sources say. */
export interface BuildState {
  /** Part of every cached target's options: what git ignores, as `dist` is, never enters Nx's hash by itself. */
  digest: string;
  /** Why nothing may run with this build, with the cure; null when it is current. */
  refusal: string | null;
  /** A released package, which is what its version says; otherwise the sources of the product. */
  installed: boolean;
}

/** The workspace holds the product's sources, instead of having it installed. */
function hasSources(root: string): boolean {
  return existsSync(join(root, 'tools/itsup')) && existsSync(join(root, 'libs'));
}

/**
 * Compares the sources and the compiled code in the workspace `root` with what the last build recorded. What is
 * installed from a registry is what its version says.
 */
export function readBuildState(root: string): BuildState {
  if (!hasSources(root)) return { digest: ownVersion(), refusal: null, installed: true };
  const now = digestBuild(root);
  const refusal = flawOf(now, readRecord(root));
  return { digest: now.dist, refusal, installed: false };
}

function flawOf(now: BuildRecord, then: BuildRecord | null): string | null {
  if (then === null) return 'the build of this workspace is not complete: run npm run build';
  if (then.sources !== now.sources) return 'libs/ or tools/ changed since the last build: run npm run build';
  if (then.dist !== now.dist) return 'the compiled code is not what the last build made: run npm run build';
  return null;
}

function readRecord(root: string): BuildRecord | null {
  try {
    return JSON.parse(readFileSync(join(root, BUILD_RECORD), 'utf8')) as BuildRecord;
  } catch {
    return null;
  }
}
