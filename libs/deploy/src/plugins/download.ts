import { request as requestPlain, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import type { Socket } from 'node:net';
import { connect as connectSecure } from 'node:tls';

export interface DownloadOptions {
  /** `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY` in either spelling are heeded, as by every other client on the host. */
  env: Readonly<Record<string, string | undefined>>;
  mostBytes: number;
  /** Without a byte for so long it is given up. */
  patienceMs: number;
  signal?: AbortSignal;
}

const MOST_REDIRECTS = 5;

/**
 * The content at an address, also through the proxy that the environment names: Node's own `fetch` heeds none before
 * Node 24. Redirects are followed, never from https to http.
 * @throws Error with the reason in words
 */
export async function download(address: string, options: DownloadOptions): Promise<Buffer> {
  let url = new URL(address);
  for (let hops = 0; hops <= MOST_REDIRECTS; hops += 1) {
    const response = await ask(url, options);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      const next = new URL(headers.location, url);
      if (url.protocol === 'https:' && next.protocol !== 'https:')
        throw new Error(`${url.host} leads to http`);
      url = next;
      continue;
    }
    if (statusCode !== 200) {
      response.destroy();
      throw new Error(`${url.host} answers with status ${statusCode}`);
    }
    return bodyOf(response, url, options);
  }
  throw new Error(`${url.host} leads on and on`);
}

/** The proxy for an address; null: asked directly. */
export function proxyFor(url: URL, env: DownloadOptions['env']): URL | null {
  const given = (name: string): string => env[name.toLowerCase()] || env[name] || '';
  const direct = given('NO_PROXY')
    .split(/[\s,]+/)
    .filter((one) => one !== '')
    .map((one) => one.replace(/^\*?\./, '').replace(/:\d+$/, ''));
  const { hostname } = url;
  if (direct.some((one) => one === '*' || hostname === one || hostname.endsWith(`.${one}`))) return null;
  const proxy = (url.protocol === 'https:' && given('HTTPS_PROXY')) || given('HTTP_PROXY');
  if (proxy === '' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return null;
  return new URL(/^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`);
}

async function ask(url: URL, options: DownloadOptions): Promise<IncomingMessage> {
  const proxy = proxyFor(url, options.env);
  const isSecure = url.protocol === 'https:';
  if (proxy === null) return send(isSecure ? requestSecure : requestPlain, url, {}, options);
  const authorization = credentialsOf(proxy);
  if (!isSecure) {
    const headers = { host: url.host, ...authorization };
    return send(requestPlain, proxy, { path: url.href, headers }, options);
  }
  const tunnel = await connect(url, proxy, authorization, options);
  const socket = connectSecure({ socket: tunnel, servername: url.hostname });
  return send(requestSecure, url, { agent: false, createConnection: () => socket }, options);
}

function send(
  request: typeof requestPlain,
  url: URL,
  change: RequestOptions,
  { patienceMs, signal }: DownloadOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ...change, timeout: patienceMs, ...(signal && { signal }) }, resolve);
    asked.on('timeout', () => asked.destroy(new Error(`${url.host} does not answer`)));
    asked.on('error', reject);
    asked.end();
  });
}

function connect(
  url: URL,
  proxy: URL,
  headers: Record<string, string>,
  { patienceMs, signal }: DownloadOptions,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = proxy.protocol === 'https:' ? requestSecure : requestPlain;
    const asked = request(proxy, {
      ...{ method: 'CONNECT', path: `${url.hostname}:${url.port || 443}`, headers },
      ...{ timeout: patienceMs, ...(signal && { signal }) },
    });
    asked.on('connect', ({ statusCode }, socket: Socket) => {
      if (statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(new Error(`the proxy ${proxy.host} answers with status ${statusCode}`));
      }
    });
    asked.on('timeout', () => asked.destroy(new Error(`the proxy ${proxy.host} does not answer`)));
    asked.on('error', reject);
    asked.end();
  });
}

function credentialsOf({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

async function bodyOf(response: IncomingMessage, url: URL, { mostBytes }: DownloadOptions): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new Error(`${url.host} sends more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error(`${url.host} broke off`);
  return Buffer.concat(chunks);
}
