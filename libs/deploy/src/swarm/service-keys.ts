/** Keys of a service whose meaning and form are those of a stack file. */
export const KEPT_AS_IS = [
  ...['cap_add', 'cap_drop', 'command', 'dns', 'dns_search', 'entrypoint', 'hostname', 'init', 'isolation'],
  ...['logging', 'read_only', 'stdin_open', 'stop_grace_period', 'stop_signal', 'sysctls', 'tty'],
  ...['ulimits', 'user', 'working_dir'],
] as const;

/** Keys of a service that `toService` puts into the form of a stack file. */
const CONVERTED = [
  ...[
    'configs',
    'container_name',
    'cpus',
    'deploy',
    'environment',
    'extra_hosts',
    'healthcheck',
    'image',
    'labels',
  ],
  ...[
    'mem_limit',
    'mem_reservation',
    'networks',
    'pids_limit',
    'platform',
    'ports',
    'restart',
    'scale',
    'secrets',
  ],
  ...['tmpfs', 'volumes'],
] as const;

/**
 * Keys that are not for a container: Compose has done what they say, a deploy does (`build`, `depends_on`, the policies
 * of pulling), or they are for other commands.
 */
const DONE_BEFORE = [
  ...['attach', 'build', 'depends_on', 'develop', 'env_file', 'expose', 'extends', 'label_file', 'profiles'],
  ...['pull_policy', 'pull_refresh_after'],
] as const;

/** Every key of a service that is not refused for being there. */
export const KNOWN_SERVICE_KEYS: ReadonlySet<string> = new Set([...KEPT_AS_IS, ...CONVERTED, ...DONE_BEFORE]);
