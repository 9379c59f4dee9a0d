/** Where something stands in a file of the operator. */
export interface Place {
  /** Path from the workspace root, with forward slashes. */
  file: string;
  /** First line is 1. */
  line: number;
  /** First column is 1. */
  column: number;
  /** The line itself, without its line break, shown under a message. */
  text?: string;
  /** How many characters of `text` from `column` on are meant. */
  length?: number;
}

/** `error` fails the project's targets; `warning` and `note` are printed and fail nothing. */
export type Severity = 'error' | 'warning' | 'note';

/** One finding about what the operator wrote. Pure code returns these; only the edges throw or print them. */
export interface Problem {
  /** Stable, kebab-case, for tests and for people who search: `unknown-key`, `route-conflict`. */
  code: string;
  severity: Severity;
  /** One line: what is wrong, in the operator's words. */
  message: string;
  /** One line: what to do about it. */
  help?: string;
  place?: Place;
  /** The other places that take part, e.g. the row that claims the same host. */
  related?: { message: string; place: Place }[];
  /** What it is about, for code that goes by it: `http.middlewares.auth`, `blog:traefik`. */
  subject?: string;
  /** The project whose targets this fails; absent: the workspace's (the proxy fails). */
  project?: string;
}

/** Thrown at the edges when the operator has to change something. Never printed with a stack trace. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly problems: Problem[];

  constructor(problems: Problem | Problem[]) {
    const list = Array.isArray(problems) ? problems : [problems];
    super(list.map((problem) => problem.message).join('\n'));
    this.problems = list;
  }
}
