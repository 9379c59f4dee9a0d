import type { Problem } from '@itsup/config';

import type { RowAnswer } from './ask-row';
import type { RowQuestion } from './questions';

/** What a row leads to, in words. */
export interface RowTarget {
  stack: string;
  /** `web of blog`, `10.0.0.2`. */
  what: string;
  /** In its container, or at its host. */
  port: number;
  /** How to look further. */
  look: string;
}

/**
 * What Traefik writes by itself (pkg/proxy, pkg/server/service/loadbalancer); a service that says the same is another
 * matter.
 */
const OWN_WORDS: Readonly<Record<number, RegExp>> = {
  404: /^404 page not found\n?$/,
  502: /^Bad Gateway\n?$/,
  503: /^no available server\n?$/,
  504: /^Gateway Timeout\n?$/,
};

/**
 * Headers of an answer of Traefik's own. What it passes on from a service has those of its entry points' middlewares
 * too.
 */
const OWN_HEADERS = new Set([
  ...['content-type', 'x-content-type-options', 'date', 'content-length', 'connection', 'alt-svc'],
  ...['keep-alive', 'transfer-encoding', 'vary'],
]);

/**
 * Whether an answer is the fault of the deploy. Pure. Traefik's own 404, 502, 503 and 504 are, and a port that refuses;
 * every other answer is the service's business, as is none at all.
 * @param marksAnswers the entry points add headers to what services answer, which tells their answers from Traefik's
 * own
 * @returns null: it passes
 */
export function verdictOn(
  question: RowQuestion,
  answer: RowAnswer,
  { stack, what, port, look }: RowTarget,
  marksAnswers: boolean,
): Problem | null {
  const problem = (message: string, help: string): Problem => ({
    ...{ code: 'row-not-served', severity: 'error', project: stack, place: question.place },
    ...{ message, help },
  });
  if (answer.kind === 'refused')
    return problem(
      `nobody listens on port ${question.port} of this host, where ${question.text} is to be answered`,
      'itsup deploy proxy; if it fails: itsup logs proxy traefik',
    );
  if (answer.kind !== 'answered') return null;
  const { status, body, headers } = answer;
  if (!OWN_WORDS[status]?.test(body)) return null;
  const isMarked = Object.keys(headers).some((name) => !OWN_HEADERS.has(name));
  switch (status) {
    case 404:
      // Many a service written in Go says it in the same words.
      if (isMarked || !marksAnswers) return null;
      return problem(
        `${question.text} is answered by Traefik's own 404: no router takes it`,
        `itsup explain ${question.text}`,
      );
    case 502:
      return problem(
        `${question.text} is answered with 502: nothing answers at port ${port} of ${what}`,
        `is it the port that it listens on, and not on 127.0.0.1 alone? ${look}`,
      );
    case 504:
      return problem(`${question.text} is answered with 504: ${what} does not answer in time`, look);
    default:
      return problem(`${question.text} is answered with 503: no server of ${what} is up`, look);
  }
}
