/** A unit of systemd, as `systemctl show` tells. */
export interface UnitState {
  /** systemd knows a unit of this name. */
  present: boolean;
  /** It starts at boot. */
  enabled: boolean;
  active: boolean;
  /** Of a timer: when it elapses next, in systemd's words; null: it is none, or does not run. */
  nextElapse: string | null;
}

/** A command of the operator's, run by the shell as they wrote it. */
export interface Hook {
  command: string;
  /** Becomes its standard input. */
  input: string;
  /** On top of the whole environment. */
  env: Record<string, string>;
  timeoutSeconds: number;
}

/** What the product asks of the host beside Docker. Every method rejects with `DockerError` alone. */
export interface Host {
  /**
   * The plain text of a file that SOPS encrypted, in memory alone. One that SOPS wrote as JSON around a single value,
   * as it does with files of an ending that it does not know (`.txt`), is unwrapped. `file` is relative to `root`.
   * Rejects with `sops-missing` or `decryption-failed`.
   */
  decrypt(root: string, file: string): Promise<string>;
  /** Resolves with how it ended and with the last line of what it printed, free of values of the environment. */
  runHook(hook: Hook): Promise<{ exitCode: number; lastLine: string }>;

  /** Versions of those of the distribution's packages (apt) that can be installed, by name. Needs no root. */
  installablePackages(names: string[]): Promise<Record<string, string>>;
  /** Fetches the distribution's package lists (`apt-get update`). */
  refreshPackageLists(): Promise<void>;
  /** Installs without asking; what is there already stays as it is. */
  installPackages(names: string[]): Promise<void>;

  /** Makes systemd read its unit files again. */
  reloadUnits(): Promise<void>;
  unitState(unit: string): Promise<UnitState>;
  /** At boot, and now too. Done already: no error. */
  enableUnit(unit: string, options?: { now?: boolean }): Promise<void>;
  restartUnit(unit: string): Promise<void>;
  /** Neither at boot nor now. No such unit: no error. */
  disableUnit(unit: string): Promise<void>;
}
