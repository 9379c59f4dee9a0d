/**
 * The name of the service that Traefik's docker provider makes of a container whose labels define none: runs of
 * anything but letters and digits become one dash (pkg/provider/docker/config.go, pkg/provider/provider.go Normalize).
 */
export function unnamedService(service: string, composeProject: string): string {
  return normalized(`${service}_${composeProject}`);
}

/** The same of a container that Compose did not make. */
export function unnamedServiceOfContainer(container: string): string {
  return normalized(container);
}

function normalized(name: string): string {
  return name
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .join('-');
}
