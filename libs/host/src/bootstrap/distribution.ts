/** What /etc/os-release says. */
export interface Distribution {
  id: string;
  /** `Debian GNU/Linux 13 (trixie)` */
  name: string;
  /** Installs with apt. */
  hasApt: boolean;
}

export function distributionOf(osRelease: string): Distribution {
  const value = (key: string): string =>
    new RegExp(`^${key}=(?:"([^"]*)"|'([^']*)'|(.*))$`, 'm').exec(osRelease)?.slice(1).find(Boolean) ?? '';
  const id = value('ID');
  const family = [id, ...value('ID_LIKE').split(' ')];
  return {
    id,
    name: value('PRETTY_NAME') || id || 'this system',
    hasApt: family.some((name) => name === 'debian' || name === 'ubuntu'),
  };
}

/** How others than Debian and Ubuntu get Docker and Compose from their distribution. */
export function manualInstall({ id, name }: Distribution): string {
  const commands: Record<string, string> = {
    fedora: 'dnf install moby-engine docker-compose && systemctl enable --now docker',
    arch: 'pacman -S docker docker-compose && systemctl enable --now docker',
    alpine: 'apk add docker docker-cli-compose && rc-update add docker && service docker start',
    'opensuse-tumbleweed': 'zypper install docker docker-compose && systemctl enable --now docker',
    'opensuse-leap': 'zypper install docker docker-compose && systemctl enable --now docker',
    nixos: 'virtualisation.docker.enable = true; in configuration.nix',
  };
  return (
    commands[id] ??
    `Docker Engine and its Compose plugin for ${name}: https://docs.docker.com/engine/install/`
  );
}
