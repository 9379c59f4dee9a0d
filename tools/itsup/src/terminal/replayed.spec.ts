import { formatProblems, type Problem } from '@itsup/config';
import { replayedProblems } from './replayed';

const place = { file: 'projects/a/ingress.yml', line: 2, column: 3, text: '  - domain: a', length: 4 };
const FIRST: Problem = { code: 'a', severity: 'warning', message: 'first', help: 'do it', place };
const OTHER: Problem = {
  code: 'b',
  severity: 'note',
  message: 'other',
  related: [{ message: 'here', place }],
};

const text = (...problems: Problem[]): string => formatProblems(problems);

describe('replayedProblems', () => {
  it('finds what tasks from the cache have to say, without the rest of their output', () => {
    const terminalOutput = `upstream/a/docker-compose.yml\n${text(FIRST, OTHER)}valid\n`;
    expect(replayedProblems([{ status: 'local-cache', terminalOutput }])).toEqual(
      [FIRST, OTHER].map((problem) => text(problem).trimEnd()),
    );
  });

  it('tells each once, and none that a task told as it ran', () => {
    const tasks = [
      { status: 'local-cache', terminalOutput: text(FIRST, OTHER) },
      { status: 'local-cache-kept-existing', terminalOutput: formatProblems([FIRST], { color: true }) },
      { status: 'success', terminalOutput: text(OTHER) },
    ];
    expect(replayedProblems(tasks)).toEqual([text(FIRST).trimEnd()]);
  });

  it('tells none that was shown past Nx, below a line that a live display took away', () => {
    const tasks = [{ status: 'local-cache', terminalOutput: text(FIRST, OTHER) }];
    const shown = `\r\u001b[2K\u001b[?25h${formatProblems([OTHER], { color: true })}`;
    expect(replayedProblems(tasks, shown)).toEqual([text(FIRST).trimEnd()]);
  });

  it('has nothing to tell of tasks that say nothing', () => {
    expect(
      replayedProblems([{ status: 'remote-cache', terminalOutput: 'valid\n' }, { status: 'skipped' }]),
    ).toEqual([]);
  });
});
