import { EXIT, type Command } from '../command';

/** `itsup completion bash`: a script that asks this command what may come next. */
export function completion(commands: () => ReadonlyMap<string, Command>): Command {
  return {
    usage: '<bash | zsh>',
    summary: 'print what teaches a shell to complete commands, options and projects',
    examples: [
      'itsup completion bash > /etc/bash_completion.d/itsup',
      'source <(npx itsup completion bash)',
      'itsup completion zsh > "${fpath[1]}/_itsup"',
    ],
    words: { min: 1, max: Infinity },
    missing: 'it needs the name of a shell: bash or zsh',
    passesOn: true,
    examines: true,
    run: async ({ root, words, print, tell }) => {
      const [shell = '', ...line] = words;
      if (shell === 'candidates') {
        const { listProjects } = await import('@itsup/config');
        print(candidates(commands(), line, ['proxy', ...(await listProjects(root))]).join('\n'));
        return EXIT.ok;
      }
      const script = SCRIPTS[shell];
      if (script === undefined) {
        tell(`itsup completion: there is none for ${shell}; there are bash and zsh`);
        return EXIT.usage;
      }
      print(script);
      return EXIT.ok;
    },
  };
}

/**
 * What may stand in the place of the last word of a line.
 * @param line the words after `itsup`, the last one as far as it is typed
 */
export function candidates(
  commands: ReadonlyMap<string, Command>,
  line: readonly string[],
  projects: readonly string[],
): string[] {
  const [name = '', ...rest] = line;
  const typed = line.at(-1) ?? '';
  const all =
    line.length < 2
      ? [...commands.keys(), '--help', '--version']
      : wordsOf(commands.get(name), rest, projects);
  return all.filter((each) => each.startsWith(typed));
}

function wordsOf(
  command: Command | undefined,
  rest: readonly string[],
  projects: readonly string[],
): string[] {
  if (command === undefined) return [];
  const options = ['help', ...Object.keys(command.options ?? {})].map((option) => `--${option}`);
  if (rest.at(-1)?.startsWith('-')) return command.passesOn === true ? [] : options;
  const first = choicesIn(command.usage, 1);
  if (first) return rest.length === 1 ? first : [];
  if (rest.length === 2) {
    const second = choicesIn(command.usage, 2);
    if (second) return second;
  }
  const place = /project(…)?/.exec(command.usage);
  const isPlace = place !== null && (place[1] !== undefined || rest.length === 1);
  const given = new Set(rest.slice(0, -1));
  return isPlace ? projects.filter((project) => !given.has(project)) : [];
}

/** Of `<on | off>` in the given place of a usage line; undefined: anything may stand there. */
function choicesIn(usage: string, place: number): string[] | undefined {
  const words = usage.match(/<[^>]*>|\[[^\]]*\]/g) ?? [];
  return /^<(\w+(?: \| \w+)+)>$/.exec(words[place - 1] ?? '')?.[1]?.split(' | ');
}

const SCRIPTS: Record<string, string> = {
  bash: `# itsup completion bash
_itsup() {
  local at=1
  COMPREPLY=()
  if [ "\${COMP_WORDS[0]}" = npx ]; then
    [ "\${COMP_WORDS[1]}" = itsup ] && [ "$COMP_CWORD" -gt 1 ] || return 0
    at=2
  fi
  local command=("\${COMP_WORDS[@]:0:$at}")
  while IFS= read -r word; do [ -n "$word" ] && COMPREPLY+=("$word"); done < <(
    "\${command[@]}" completion candidates "\${COMP_WORDS[@]:$at:$((COMP_CWORD - at + 1))}" 2>/dev/null
  )
}
complete -o bashdefault -o default -F _itsup itsup npx`,
  zsh: `#compdef itsup
# itsup completion zsh
_itsup() {
  local -a found
  found=("\${(@f)$(\${words[1]} completion candidates "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  (( \${#found} )) && compadd -- $found
}
if [ "$funcstack[1]" = _itsup ]; then _itsup "$@"; else compdef _itsup itsup; fi`,
};
