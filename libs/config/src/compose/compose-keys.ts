/**
 * The keys that the Compose specification knows, by where they stand; `*` is any name. Written from the specification's
 * pages, and only asked where Compose itself cannot be: it is the judge of what its version knows.
 */
export const COMPOSE_KEYS: readonly { at: readonly string[]; keys: ReadonlySet<string> }[] = [
  {
    at: [],
    keys: words('configs include models name networks secrets services version volumes'),
  },
  {
    at: ['services', '*'],
    keys: words(`
      annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name
      cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec
      depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file
      environment expose extends external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation
      label_file labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit models
      network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_start pre_stop
      privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt
      shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user
      userns_mode uts volumes volumes_from working_dir`),
  },
  {
    at: ['services', '*', 'build'],
    keys: words(`
      additional_contexts args cache_from cache_to context dockerfile dockerfile_inline entitlements extra_hosts
      isolation labels network no_cache no_cache_filter platforms privileged provenance pull sbom secrets shm_size ssh
      tags target ulimits`),
  },
  {
    at: ['services', '*', 'healthcheck'],
    keys: words('disable interval retries start_interval start_period test timeout'),
  },
  {
    at: ['services', '*', 'deploy'],
    keys: words(`
      endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config`),
  },
  { at: ['services', '*', 'logging'], keys: words('driver options') },
  {
    at: ['services', '*', 'networks', '*'],
    keys: words(`
      aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address priority`),
  },
  {
    at: ['networks', '*'],
    keys: words('attachable driver driver_opts enable_ipv4 enable_ipv6 external internal ipam labels name'),
  },
  { at: ['volumes', '*'], keys: words('driver driver_opts external labels name') },
  {
    at: ['configs', '*'],
    keys: words('content environment external file labels name template_driver'),
  },
  {
    at: ['secrets', '*'],
    keys: words('driver driver_opts environment external file labels name template_driver'),
  },
];

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}
