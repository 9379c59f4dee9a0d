import { output, run, succeeded } from '../harness/run';
import type { TestWorkspace } from '../harness/workspace/workspace';

/** A busy machine is no failure. */
export const DEPLOY_MS = 500_000;

/** Where `own-engine.sh --swarm` has its engine. */
export const ADDRESS = '10.99.0.1';

/** Makes this machine a swarm of one, by the product's own command. */
export async function makeSwarm(workspace: Pick<TestWorkspace, 'itsup'>): Promise<void> {
  succeeded(await workspace.itsup(['swarm', 'init', '--address', ADDRESS]));
}

/** Takes everything off the swarm and ends it, so that the next test finds none. */
export async function endSwarm(): Promise<void> {
  const services = lines(await output('docker', ['service', 'ls', '--quiet']).catch(() => ''));
  if (services.length > 0) await run('docker', ['service', 'rm', ...services]);
  await run('docker', ['swarm', 'leave', '--force']);
}

/** Ids of the running containers of a service, sorted. */
export async function containersOfService(project: string, service: string): Promise<string[]> {
  return lines(
    await output('docker', [
      ...['ps', '--quiet', '--no-trunc', '--filter'],
      `label=com.docker.swarm.service.name=${project}_${service}`,
    ]),
  ).sort();
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}
