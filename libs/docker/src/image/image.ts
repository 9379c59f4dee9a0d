export interface VolumeDetails {
  name: string;
  driver: string;
  /** Of its driver. */
  options: Record<string, string>;
  labels: Record<string, string>;
}

export interface ImageDetails {
  /** `sha256:…` of the configuration: changes with the image's content. */
  id: string;
  tags: string[];
  /** `name@sha256:…` as registries know it; empty for an image that was built here. */
  repoDigests: string[];
  labels: Record<string, string>;
  /** `80/tcp`. */
  exposedPorts: string[];
  hasHealthcheck: boolean;
  /** Paths that become anonymous volumes. */
  volumes: string[];
  /** When it was last given a name on this engine, in milliseconds; null: the engine does not know. */
  lastTagged: number | null;
}
