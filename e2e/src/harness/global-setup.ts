import { findAvailability, publishAvailability } from './engine/availability';
import { REPOSITORY } from './repository';
import { output } from './run';

/** Builds what the tested commands run, and finds out once for all files what the machine can run. */
export default async function globalSetup(): Promise<void> {
  // Two test runs side by side must not build under each other.
  if (process.env['ITSUP_E2E_BUILT'] === undefined) {
    await output('npm', ['run', '--silent', 'build'], { cwd: REPOSITORY });
  }
  const found = await findAvailability();
  publishAvailability(found);
  for (const missing of new Set([found.engine, ...Object.values(found.images), found.proxy])) {
    if (missing !== null) process.stdout.write(`e2e: some tests are left out: ${missing}\n`);
  }
}
