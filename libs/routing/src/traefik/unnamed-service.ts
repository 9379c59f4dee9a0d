/**
 * The name of the service that Traefik's docker provider makes of a container whose labels define none
 * (pkg/provider/docker/config.go, pkg/provider/provider.go).
 */
export function unnamedService(service: string, composeProject: string): string {
  return `${service}_${composeProject}`.split(/[^\p{L}\p{N}]+/u).join('-');
}
