import { join } from 'node:path';

import { NODE } from '../harness/engine/images';
import { REPOSITORY } from '../harness/repository';
import { output } from '../harness/run';

/** The address of every name in the outside world that `startResolver` stands for. */
export const OUTSIDE = '192.0.2.80';

/** The host's address, where a resolver stands for the outside world, which a test machine may not reach. */
export async function resolverAddress(): Promise<string> {
  const subnet = await output('docker', [
    ...['network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Subnet}}'],
  ]);
  return subnet.replace(/\.\d+\/.*$/, '.1');
}

/** Starts it. @param project the Compose project that it is removed with */
export async function startResolver(project: string, address: string): Promise<void> {
  const script = join(REPOSITORY, 'e2e/src/segmentation/resolver.js');
  await output('docker', [
    ...['run', '--detach', '--rm', '--network', 'host'],
    ...['--label', `com.docker.compose.project=${project}`],
    ...['--volume', `${script}:/resolver.js:ro`, NODE, 'node', '/resolver.js', address],
  ]);
}
