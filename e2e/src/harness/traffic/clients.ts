import { createSocket } from 'node:dgram';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect as tcpConnect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';

const LOOPBACK = '127.0.0.1';
const TIMEOUT_MS = 5_000;

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface HttpQuestion {
  port: number;
  /** What is asked for, a name or `name:port`: the `Host` header and, with TLS, SNI. */
  host: string;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Speak TLS; the certificate is not verified. */
  tls?: boolean;
  /** Default: the loopback address. */
  address?: string;
  /** The client's own address; one of this host's. */
  from?: string;
  /** A connection that is made already; TLS is spoken on it where `tls` says so. */
  socket?: Socket;
}

/** One HTTP request on a connection of its own; redirects are not followed. */
export function http(question: HttpQuestion): Promise<HttpAnswer> {
  const request = question.tls ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    request(
      {
        host: question.address ?? LOOPBACK,
        port: question.port,
        path: question.path ?? '/',
        method: question.method ?? 'GET',
        headers: { ...question.headers, host: question.host },
        servername: question.host.split(':')[0],
        rejectUnauthorized: false,
        ...(question.from === undefined ? {} : { localAddress: question.from }),
        // An agent would make a connection of its own.
        ...(question.socket === undefined ? { agent: false } : connectionOver(question.socket, question)),
        timeout: TIMEOUT_MS,
      },
      (response) => {
        text(response).then(
          (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
          reject,
        );
      },
    )
      .on('timeout', function (this: { destroy(error: Error): void }) {
        this.destroy(new Error(`no answer from ${question.host} on port ${question.port}`));
      })
      .on('error', reject)
      .end(question.body);
  });
}

function connectionOver(socket: Socket, { tls, host }: HttpQuestion): { createConnection: () => Socket } {
  const servername = host.split(':')[0];
  return {
    createConnection: () => (tls ? tlsConnect({ socket, servername, rejectUnauthorized: false }) : socket),
  };
}

export interface TcpQuestion {
  port: number;
  send: string;
  address?: string;
  /** The client's own address; one of this host's. */
  from?: string;
  /** Speak TLS and ask for this name. */
  servername?: string;
}

export interface TcpAnswer {
  text: string;
  /** Subject of the server's certificate, when TLS was spoken. */
  certificateName: string | null;
}

/** Connects, sends, and returns what comes back first. Rejects when the connection is refused or closed unanswered. */
export function tcp(question: TcpQuestion): Promise<TcpAnswer> {
  const target = {
    host: question.address ?? LOOPBACK,
    port: question.port,
    ...(question.from === undefined ? {} : { localAddress: question.from }),
  };
  return new Promise((resolve, reject) => {
    const send = (): boolean => socket.write(question.send);
    const socket: Socket | TLSSocket =
      question.servername === undefined
        ? tcpConnect(target, send)
        : tlsConnect({ ...target, servername: question.servername, rejectUnauthorized: false }, send);
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer on TCP port ${question.port}`)));
    socket.once('data', (data) => {
      const certificate = 'getPeerCertificate' in socket ? socket.getPeerCertificate().subject?.CN : null;
      resolve({ text: data.toString(), certificateName: certificate ?? null });
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`TCP port ${question.port} closed without an answer`)));
  });
}

/** Sends one datagram and returns the one that comes back. */
export function udp(question: { port: number; send: string; address?: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const timer = setTimeout(() => finish(new Error(`no answer on UDP port ${question.port}`)), TIMEOUT_MS);
    const finish = (result: Error | string): void => {
      clearTimeout(timer);
      socket.close();
      if (typeof result === 'string') resolve(result);
      else reject(result);
    };
    socket.once('error', finish);
    socket.once('message', (message) => finish(message.toString()));
    socket.send(question.send, question.port, question.address ?? LOOPBACK);
  });
}
