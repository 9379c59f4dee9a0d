import type { Docker, DockerOverrides } from './docker';

/** What the layer needs to know of its surroundings; it reads nothing of them itself. */
export interface DockerSettings extends DockerOverrides {
  /** Name or path of the command; default `docker`. */
  binary?: string;
  /** The whole environment of every child: PATH, HOME, DOCKER_HOST and so on. */
  env: Record<string, string | undefined>;
}

/** The Docker of this host (or of wherever `env` points to). Starts nothing by itself. */
export declare function createDocker(settings: DockerSettings): Docker;
