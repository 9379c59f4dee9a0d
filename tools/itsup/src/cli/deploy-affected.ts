import type { ItsupWorkspace } from '../workspace/find-workspace';
import { EXIT } from './command';
import { moveMark, outstanding } from './deployed-mark';

export interface AffectedRequest {
  workspace: ItsupWorkspace;
  /** Other options of the deploy. */
  flags: readonly string[];
  tell(text: string): void;
  /** Runs a command of ours in the folder; its exit code. */
  run(args: readonly string[], cwd: string): Promise<number>;
}

/** Deploys what changed since the mark, and moves it when that went well; the exit code is the deploy's. */
export async function deployAffected({ workspace, flags, tell, run }: AffectedRequest): Promise<number> {
  const left = await outstanding(workspace);
  if (left.reason !== null) tell(`deploys everything: ${left.reason}`);
  const since = left.since === null ? [] : ['--since', left.since];
  const code = await run(['deploy', ...since, ...flags], workspace.root);
  if (code !== EXIT.ok) return code;
  const note = await moveMark(workspace, left);
  if (note !== null) tell(`note: ${note}`);
  return EXIT.ok;
}
