import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { Docker, UnitState, Versions } from '@itsup/docker';

import type { HostRequest } from '../host-request';

/** A host in a temporary folder, whose commands are noted and change what is installed and enabled. */
export class FakeHost {
  readonly system = mkdtempSync(path.join(os.tmpdir(), 'itsup-host-'));
  readonly calls: string[] = [];
  readonly lines: string[] = [];
  readonly units = new Map<string, UnitState>();
  packages: Record<string, string> = {};

  constructor(public versions: Versions) {
    this.write('etc/os-release', 'ID=debian\nPRETTY_NAME=Debian\n');
    const tester = `tester:x:${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}::${this.system}/home:/bin/sh`;
    this.write('etc/passwd', `root:x:0:0:root:${this.system}/root:/bin/sh\n${tester}\n`);
    this.write('run/systemd/system/x', '');
    this.write('srv/it/package.json', '{}');
  }

  write(file: string, text: string): void {
    const target = path.join(this.system, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }

  request(change: Partial<HostRequest> = {}): HostRequest {
    return {
      root: path.join(this.system, 'srv/it'),
      system: this.system,
      docker: this.docker(),
      node: '/usr/bin/node',
      bin: path.join(this.system, 'srv/it/node_modules/itsup/bin/itsup.js'),
      isRoot: true,
      stateDir: path.join(this.system, 'var/lib/itsup'),
      tell: (line) => this.lines.push(line),
      ...change,
    };
  }

  dispose(): void {
    rmSync(this.system, { recursive: true });
  }

  private docker(): Docker {
    const did =
      (what: string) =>
      async (argument?: unknown): Promise<void> => {
        this.calls.push([what, argument].flat().filter(Boolean).join(' '));
      };
    const set = (unit: string, state: Partial<UnitState>): void => {
      const before = this.units.get(unit) ?? {
        present: true,
        enabled: false,
        active: false,
        nextElapse: null,
      };
      this.units.set(unit, { ...before, ...state });
    };
    const host: Partial<Docker['host']> = {
      installablePackages: async () => this.packages,
      refreshPackageLists: did('refresh'),
      installPackages: did('install'),
      reloadUnits: did('reload'),
      restartUnit: did('restart'),
      unitState: async (unit) =>
        this.units.get(unit) ?? { present: false, enabled: false, active: false, nextElapse: null },
      enableUnit: async (unit, { now = false } = {}) => {
        set(unit, { enabled: true, ...(now ? { active: true } : {}) });
        await did(now ? 'enable --now' : 'enable')(unit);
      },
      disableUnit: async (unit) => {
        this.units.delete(unit);
        await did('disable')(unit);
      },
    };
    return { versions: async () => this.versions, host } as Docker;
  }
}
