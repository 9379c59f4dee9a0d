import type {
  BuildOptions,
  ComposeStack,
  ConfigOptions,
  CreateOptions,
  DownOptions,
  PullOptions,
  UpOptions,
} from './compose';

/** What every command of a stack begins with. */
export function stackArguments({ project, files, directory, envFiles = [] }: ComposeStack): string[] {
  return [
    'compose',
    '--ansi',
    'never',
    '--project-name',
    project,
    ...(directory === undefined ? [] : ['--project-directory', directory]),
    ...envFiles.flatMap((file) => ['--env-file', file]),
    ...files.flatMap((file) => ['--file', file]),
  ];
}

export function configArguments({ interpolate = true, consistency = true }: ConfigOptions = {}): string[] {
  return ['config', ...flag('--no-interpolate', !interpolate), ...flag('--no-consistency', !consistency)];
}

export function pullArguments(
  services: string[] = [],
  { ignoreBuildable, policy }: PullOptions = {},
): string[] {
  return [
    'pull',
    ...flag('--ignore-buildable', ignoreBuildable),
    ...(policy ? ['--policy', policy] : []),
    ...names(services),
  ];
}

export function buildArguments(services: string[] = [], { pull, noCache }: BuildOptions = {}): string[] {
  return ['build', ...flag('--pull', pull), ...flag('--no-cache', noCache), ...names(services)];
}

export function createArguments(options: CreateOptions = {}): string[] {
  return ['create', ...creation(options), ...names(options.services)];
}

export function upArguments(options: UpOptions = {}): string[] {
  return [
    'up',
    // Compose takes one of the two.
    options.noStart ? '--no-start' : '--detach',
    ...creation(options),
    ...flag('--no-deps', options.noDeps),
    ...flag('--wait', options.wait),
    ...number('--wait-timeout', options.waitTimeout),
    ...flag('--quiet-pull', options.quietPull),
    ...number('--timeout', options.timeoutSeconds),
    ...names(options.services),
  ];
}

export function downArguments({ volumes, removeOrphans, timeoutSeconds }: DownOptions = {}): string[] {
  return [
    'down',
    ...flag('--volumes', volumes),
    ...flag('--remove-orphans', removeOrphans),
    ...number('--timeout', timeoutSeconds),
  ];
}

function creation({
  noRecreate,
  forceRecreate,
  removeOrphans,
  pull,
  noBuild,
  scale = {},
}: CreateOptions): string[] {
  return [
    ...flag('--no-recreate', noRecreate),
    ...flag('--force-recreate', forceRecreate),
    ...flag('--remove-orphans', removeOrphans),
    ...(pull ? ['--pull', pull] : []),
    ...flag('--no-build', noBuild),
    ...Object.entries(scale).flatMap(([service, count]) => ['--scale', `${service}=${count}`]),
  ];
}

export function flag(name: string, on: boolean | undefined): string[] {
  return on ? [name] : [];
}

export function number(name: string, value: number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}

/** After `--`, so that a name never counts as an option. */
export function names(services: string[] = []): string[] {
  return services.length > 0 ? ['--', ...services] : [];
}
