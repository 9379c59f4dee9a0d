import { LAST_ROUTER } from './trial-files';

/** Something that Traefik refused. */
export interface TrialFault {
  reason: string;
  /** Base name of the file of the dynamic folder that it could not read. */
  file?: string;
  /** The object, as `http.middlewares.auth`, or a router's name without its provider. */
  object?: string;
}

export interface TrialVerdict {
  /** Traefik has built everything, or has given up. */
  complete: boolean;
  faults: TrialFault[];
}

/** What the trial has not got, so that its absence is no fault. */
const NOT_JUDGED =
  /nonexistent certificate resolver|plugin|permission denied|index template|dashboard|(?<!@file)" does not exist.*@(?!file)/i;

/** Reads the log of a trial: lines of JSON, and what Traefik says when it does not start at all. */
export function trialVerdict(log: string): TrialVerdict {
  let complete = false;
  const faults = new Map<string, TrialFault>();
  const add = (fault: TrialFault): void => {
    const key = `${fault.file ?? fault.object ?? ''} ${fault.reason}`;
    if (!faults.has(key)) faults.set(key, fault);
  };
  for (const text of log.split('\n')) {
    const fatal = /command traefik error: (.*)$/.exec(text)?.[1];
    if (fatal !== undefined) {
      complete = true;
      add({ reason: fatal, file: 'traefik.yml' });
    }
    const line = parsed(text);
    if (line === null || !['error', 'fatal', 'panic'].includes(line['level'] ?? '')) continue;
    const router = (line['routerName'] ?? '').replace(/@file$/, '');
    const reason = line['error'] ?? line['message'] ?? '';
    if (router === LAST_ROUTER) {
      complete = true;
      continue;
    }
    const unread = /collecting file configs: \S*?([^/\s]+): (.*)$/s.exec(reason);
    if (unread) {
      complete = true;
      add({ file: unread[1] ?? '', reason: unread[2] ?? '' });
    } else if (isAboutAnObject(line, reason) && !NOT_JUDGED.test(`${reason} ${line['message'] ?? ''}`)) {
      const object = router.startsWith('trial~') ? router.slice('trial~'.length) : router;
      add({ reason, ...(object !== '' && { object }) });
    }
  }
  return { complete, faults: [...faults.values()] };
}

/** Whatever else goes wrong in a place without a network says nothing of the files. */
function isAboutAnObject(line: Record<string, string>, reason: string): boolean {
  const named = ['routerName', 'serviceName', 'middlewareName', 'tlsOption', 'serversTransportName'];
  return named.some((name) => line[name] !== undefined) || /certificate|TLS|cipher|curve/i.test(reason);
}

function parsed(text: string): Record<string, string> | null {
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return null;
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => [
        key,
        typeof field === 'string' ? field : JSON.stringify(field),
      ]),
    );
  } catch {
    return null;
  }
}
