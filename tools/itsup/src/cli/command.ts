import type { ParseArgsConfig } from 'node:util';
import type { ItsupWorkspace } from '../workspace/find-workspace';

/** What every command gets from the edge. */
export interface CommandInput {
  /** Where `projects/` is. */
  root: string;
  /** The Nx workspace around it, the same folder as a rule. */
  workspace: ItsupWorkspace;
  env: NodeJS.ProcessEnv;
  /** Where the person stands: files that they name are relative to it. */
  cwd: string;
  color: boolean;
  /** Arguments that are no options, in order. */
  words: string[];
  /** Options by name, as declared. */
  flags: Record<string, string | boolean | undefined>;
  /** For what is no text: a backup is written there and read from here. */
  stdout: NodeJS.WriteStream;
  stdin: NodeJS.ReadStream;
  /** To standard output: what was asked for. */
  print(text: string): void;
  /** To standard error: everything beside it, so that `--json` stays JSON. */
  tell(text: string): void;
}

/** One `itsup` command. */
export interface Command {
  /** Arguments, as the usage line has them: `<project> [service…]`. Options follow by themselves. */
  usage: string;
  /** One line for the list of commands. */
  summary: string;
  options?: Record<string, CommandOption>;
  examples: string[];
  /** At least and at most so many words. */
  words: { min: number; max: number };
  /** What is said when there are fewer; default: that it needs a project. */
  missing?: string;
  /** Everything after the first word is passed on as it is, options included. */
  passesOn?: boolean;
  /** Runs with a stale build too, since it is there to find such things. */
  examines?: boolean;
  /** Loads what it needs by itself: `itsup --help` answers at once. Resolves with the exit code. */
  run(input: CommandInput): Promise<number>;
}

export interface CommandOption {
  type: NonNullable<ParseArgsConfig['options']>[string]['type'];
  short?: string;
  /** What a string stands for, as the help has it: `file`. */
  value?: string;
  description: string;
}

/** Exit codes, the same for every command. */
export const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const;
