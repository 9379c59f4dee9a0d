const NEEDED = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'SYSTEMROOT',
  'TMPDIR',
  'TEMP',
  'DOCKER_CONFIG',
  'XDG_RUNTIME_DIR',
];

/** What `docker` needs to start, without the variables that a Compose file could interpolate. */
export function toolEnvironment(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(NEEDED.map((name) => [name, env[name]]));
}
