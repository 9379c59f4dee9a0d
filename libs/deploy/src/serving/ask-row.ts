import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP } from 'node:net';

import type { RowQuestion } from './questions';

/** What came of a question. */
export type RowAnswer =
  | { kind: 'answered'; status: number; headers: IncomingHttpHeaders; body: string }
  /** Of a port that was only connected to. */
  | { kind: 'open' }
  /** Nobody listens there. */
  | { kind: 'refused' }
  /** No answer in time, or an end without one: for want of a certificate, say. */
  | { kind: 'silent'; reason: string };

/** Asks a row as a client would. Never rejects. */
export type AskRow = (question: RowQuestion) => Promise<RowAnswer>;

const TIMEOUT_MS = 10_000;
/** What Traefik says by itself is short. */
const BODY_BYTES = 256;

/** One question on a connection of its own, to the address itself: no name is looked up, no certificate is checked. */
export const askRow: AskRow = (question) => (question.kind === 'tcp' ? askTcp(question) : askHttp(question));

function askHttp({ address, port, tls, host, path }: RowQuestion): Promise<RowAnswer> {
  return new Promise((resolve) => {
    const send = tls ? httpsRequest : httpRequest;
    const request = send({
      ...{ host: address, port, path, agent: false, rejectUnauthorized: false },
      headers: { ...(host !== null && { host }), 'user-agent': 'itsup-deploy' },
      ...(host !== null && isIP(host) === 0 && { servername: host }),
    });
    const end = (answer: RowAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
      request.destroy();
    };
    const timer = setTimeout(
      () => end({ kind: 'silent', reason: `no answer in ${TIMEOUT_MS / 1000} s` }),
      TIMEOUT_MS,
    );
    request.on(
      'response',
      (response) =>
        void firstBytes(response).then((body) => {
          end({ kind: 'answered', status: response.statusCode ?? 0, headers: response.headers, body });
        }),
    );
    request.on('error', (error: NodeJS.ErrnoException) => end(failed(error)));
    request.end();
  });
}

/** Of a body without an end the beginning will do. */
function firstBytes(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let body = '';
    const end = (): void => resolve(body.slice(0, BODY_BYTES));
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      body += chunk;
      if (body.length >= BODY_BYTES) end();
    });
    response.on('end', end).on('error', end).on('close', end);
    setTimeout(end, 1_000).unref();
  });
}

function askTcp({ address, port }: RowQuestion): Promise<RowAnswer> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: TIMEOUT_MS });
    const end = (answer: RowAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end({ kind: 'open' }));
    socket.once('timeout', () => end({ kind: 'silent', reason: `no answer in ${TIMEOUT_MS / 1000} s` }));
    socket.once('error', (error: NodeJS.ErrnoException) => end(failed(error)));
  });
}

function failed({ code, message }: NodeJS.ErrnoException): RowAnswer {
  return code === 'ECONNREFUSED' ? { kind: 'refused' } : { kind: 'silent', reason: code ?? message };
}
