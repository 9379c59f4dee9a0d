import { existsSync } from 'node:fs';

import { describeWithOwnEngine } from '../harness/engine/describe-with';
import { BUSYBOX } from '../harness/engine/images';
import { findProgram } from '../harness/programs';

/**
 * The test authority and its DNS server (github.com/letsencrypt/pebble, `cmd/pebble` and `cmd/pebble-challtestsrv`).
 */
const BINARIES = ['pebble', 'pebble-challtestsrv'] as const;
/** A folder that holds them, where PATH does not. */
const VARIABLE = 'ITSUP_E2E_PEBBLE';

/** Path of one of them. */
export function authorityBinary(name: (typeof BINARIES)[number]): string {
  const path = findProgram(name, VARIABLE);
  if (path === null) throw new Error(`no ${name} here`);
  return path;
}

/** Why there is no test authority here; null: there is. */
export function missingAuthority(): string | null {
  const absent = [...BINARIES.filter((name) => findProgram(name, VARIABLE) === null)];
  if (absent.length > 0) return `no ${absent.join(' and ')} in PATH or the folder ${VARIABLE}`;
  return existsSync('/usr/bin/openssl') ? null : 'no openssl here';
}

/** `describe` for tests that deploy the proxy and ask a test authority, in namespaces of their own. */
export function describeWithAuthority(name: string, body: () => void): void {
  const missing = missingAuthority();
  if (missing === null) describeWithOwnEngine([BUSYBOX], name, body);
  else describe.skip(`${name} (left out: ${missing})`, body);
}
