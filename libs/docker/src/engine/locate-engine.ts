import type { EngineLocation } from './engine';

/** What this process knows about the host that it runs on. */
export interface HostPlatform {
  hostName: string;
  /** `os.release()` */
  kernel: string;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Where an engine runs. A socket in the file system may still lead into a virtual machine or through a tunnel: an
 * engine on this host shares its kernel, and one behind a loopback port its name too.
 */
export function locateEngine(
  endpoint: string,
  engine: HostPlatform & { operatingSystem: string },
  host: HostPlatform,
): EngineLocation {
  if (endpoint.startsWith('ssh:')) return 'remote';
  const sameKernel = engine.kernel === host.kernel;
  const address = /^(?:tcp|https?):\/\/(\[[^\]]+\]|[^:/]+)/.exec(endpoint)?.[1];
  if (address !== undefined) {
    return LOOPBACK.test(address) && sameKernel && engine.hostName === host.hostName ? 'local' : 'remote';
  }
  return sameKernel && !engine.operatingSystem.startsWith('Docker Desktop') ? 'local' : 'virtual-machine';
}
