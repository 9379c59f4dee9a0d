import type { ComposeService } from './compose-model';

const OF_A_SERVICE = 'service:';
const OF_A_CONTAINER = 'container:';

/**
 * The service as Compose has it when it makes a container and hashes what it makes: ids of containers where the file
 * names services. Compose 2.26 and 5.5: `resolveServiceReferences` in pkg/compose/convergence.go.
 *
 * @param containers the id of the container by service: the first by name
 * @returns null where one of them is not known
 */
export function boundService(
  service: ComposeService,
  containers: Readonly<Record<string, string>>,
): ComposeService | null {
  let isBound = true;
  const idOf = (name: string): string => {
    const id = containers[name];
    if (id === undefined) isBound = false;
    return id ?? '';
  };
  const modeOf = (mode: string): string =>
    mode.startsWith(OF_A_SERVICE) ? `${OF_A_CONTAINER}${idOf(mode.slice(OF_A_SERVICE.length))}` : mode;
  const { network_mode: network, ipc, pid, volumes_from: volumes } = service;
  const bound: ComposeService = {
    ...service,
    ...(network !== undefined && { network_mode: modeOf(network) }),
    ...(ipc !== undefined && { ipc: modeOf(ipc) }),
    ...(pid !== undefined && { pid: modeOf(pid) }),
    // Compose drops `:ro`.
    ...(volumes !== undefined && { volumes_from: volumes.map((text) => ownerOf(text, idOf)) }),
  };
  return isBound ? bound : null;
}

/** `db`, `db:ro`, `container:db`, `container:db:ro`. */
function ownerOf(text: string, idOf: (service: string) => string): string {
  const [first = '', second = ''] = text.split(':');
  return text.startsWith(OF_A_CONTAINER) ? second : idOf(first);
}
