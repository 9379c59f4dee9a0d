import { join } from 'node:path';
import { compareText } from '../files/compare-text';

import type { Project } from '../model';
import { readRegularFile } from '../files/regular-file';
import { MAX_FILE_BYTES } from '../files/source-files';

/** What stands where a Compose file uses a variable; a stand-in for its value has to fit there. */
export type VariableContext = 'path' | 'duration' | 'other';

/** A variable that a Compose file interpolates. */
export interface ComposeVariable {
  name: string;
  /** An empty value leaves a usable text: every use has a default (`:-`) or an alternative (`+`). */
  optional: boolean;
  context: VariableContext;
  /** The keys whose values it is part of, where they stand on the same line. */
  keys: string[];
}

/** `$$` is a dollar sign; the operators are those of the Compose specification. */
const VARIABLE = /\$\$|\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(:?[-?+])?)/g;

/** What stands before the value of an attribute that holds a Go duration. */
const DURATION =
  /\b(?:interval|timeout|start_period|start_interval|stop_grace_period|delay|monitor|window)["']?\s*:\s*["']?[^\s,]*$/;

/** The variables of a Compose file's text, by name, in code unit order; uses in comments included. */
export function variablesIn(text: string): ComposeVariable[] {
  const found = new Map<string, ComposeVariable>();
  for (const line of text.split('\n')) {
    for (const match of line.matchAll(VARIABLE)) {
      const name = match[1] ?? match[2];
      if (name === undefined) {
        continue;
      }
      const use: ComposeVariable = {
        name,
        optional: match[3] === ':-' || match[3] === '+' || match[3] === ':+',
        context: contextOf(line, match.index),
        keys: keyOf(line.slice(0, match.index)),
      };
      found.set(name, combine(found.get(name), use));
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.name, b.name));
}

/** The variables of every Compose file that the project reads. */
export function composeVariables(root: string, project: Project): ComposeVariable[] {
  const files = new Set([...(project.compose?.files ?? []), ...project.files.filter(isYaml)]);
  const texts = [...files].map((file) => readRegularFile(join(root, file), MAX_FILE_BYTES).text ?? '');
  return variablesIn(texts.join('\n'));
}

function isYaml(file: string): boolean {
  return file.endsWith('.yml') || file.endsWith('.yaml');
}

/** A bind's source is followed by a path or by the colon before the target; a long one is the value of `source`. */
function contextOf(line: string, start: number): VariableContext {
  const before = line.slice(0, start);
  if (DURATION.test(before)) {
    return 'duration';
  }
  const rest = line.slice(start).replace(/^\$(?:\w+|\{[^}]*\})/, '');
  return /^[^\s"']*:\//.test(rest) || /\b(?:source|device|file|path|context)\s*:/.test(before)
    ? 'path'
    : 'other';
}

/** The key whose value goes on where the text ends. */
function keyOf(before: string): string[] {
  const key = /([A-Za-z_][\w-]*)["']?\s*:\s*[["']{0,2}[^,{}[\]\s]*$/.exec(before)?.[1];
  return key === undefined ? [] : [key];
}

function combine(earlier: ComposeVariable | undefined, use: ComposeVariable): ComposeVariable {
  if (earlier === undefined) {
    return use;
  }
  const context = earlier.context === 'other' ? use.context : earlier.context;
  const keys = [...new Set([...earlier.keys, ...use.keys])];
  return { name: use.name, optional: earlier.optional && use.optional, context, keys };
}
