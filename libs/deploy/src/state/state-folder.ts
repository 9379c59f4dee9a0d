import { join } from 'node:path';

/** What decides where the state folder is. */
export interface StateFolderFacts {
  env: Readonly<Record<string, string | undefined>>;
  /** The process runs as root. */
  root: boolean;
  /** Home folder of the user. */
  home: string;
}

/** `ITSUP_STATE`, else `/var/lib/itsup` for root and the user's own state folder (XDG) for anybody else. Absolute. */
export function stateFolder({ env, root, home }: StateFolderFacts): string {
  if (env.ITSUP_STATE) {
    return env.ITSUP_STATE;
  }
  return root ? '/var/lib/itsup' : join(env.XDG_STATE_HOME || join(home, '.local/state'), 'itsup');
}
