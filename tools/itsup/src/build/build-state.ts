import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILD_RECORD, digestBuild, type BuildRecord } from './digests';

/** Whether the compiled code is what the sources say. */
export interface BuildState {
  /** Part of every cached target's options: what git ignores, as `dist` is, never enters Nx's hash by itself. */
  digest: string;
  /** Why nothing may run with this build, with the cure; null when it is current. */
  refusal: string | null;
}

/** Compares the sources and the compiled code in the workspace `root` with what the last build recorded. */
export function readBuildState(root: string): BuildState {
  const now = digestBuild(root);
  const then = readRecord(root);
  if (then === null) {
    return { digest: now.dist, refusal: 'the build of this workspace is not complete: run npm run build' };
  }
  if (then.sources !== now.sources) {
    return { digest: now.dist, refusal: 'libs/ or tools/ changed since the last build: run npm run build' };
  }
  if (then.dist !== now.dist) {
    return {
      digest: now.dist,
      refusal: 'the compiled code is not what the last build made: run npm run build',
    };
  }
  return { digest: now.dist, refusal: null };
}

function readRecord(root: string): BuildRecord | null {
  try {
    return JSON.parse(readFileSync(join(root, BUILD_RECORD), 'utf8')) as BuildRecord;
  } catch {
    return null;
  }
}
