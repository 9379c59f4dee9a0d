import { BlockList, isIP } from 'node:net';
import type { IngressRow } from '@itsup/config';
import { parseRule } from '../rule/parse';
import { asksForClientAddress } from '../rule/terms';
import { report, type RowContext } from './context';

/**
 * Warns where trusted proxies and a row's idea of the client do not go together: an allow list that lets a proxy itself
 * in, and rules that look at the connection, which is the proxy's.
 */
export function checkTrustedSources(row: IngressRow, context: RowContext): void {
  if (context.trustedIps.length === 0) return;
  for (const range of row.allowSourceIps) {
    const proxy = isEverybody(range) ? undefined : context.trustedIps.find((each) => overlap(range, each));
    if (proxy === undefined) continue;
    report(context, row, {
      key: 'allow_source_ips',
      code: 'allows-a-proxy',
      severity: 'warning',
      message: `${range} lets in the proxy ${proxy} of trustedIPs, and with it everybody whom it forwards without X-Forwarded-For or the PROXY protocol`,
      help: 'make sure that it says who the client is, or leave its address out of allow_source_ips',
    });
  }
  if (row.rule === null || row.router !== 'http') return;
  const parsed = parseRule(row.rule, 'http');
  if ('rule' in parsed && asksForClientAddress(parsed.rule)) {
    report(context, row, {
      key: 'rule',
      code: 'client-of-a-proxy',
      severity: 'warning',
      message:
        'ClientIP looks at the connection, which is the proxy’s where one of trustedIPs forwards a request',
      help: 'use allow_source_ips, which looks at the client',
    });
  }
}

function isEverybody(range: string): boolean {
  return range.endsWith('/0');
}

function overlap(a: string, b: string): boolean {
  return contains(a, b) || contains(b, a);
}

function contains(range: string, inner: string): boolean {
  const [address = '', length] = range.split('/');
  const [other = '', otherLength] = inner.split('/');
  const family = isIP(address);
  if (family !== isIP(other) || family === 0) return false;
  const bits = family === 4 ? 32 : 128;
  if (Number(length ?? bits) > Number(otherLength ?? bits)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(length ?? bits), type);
  return list.check(other, type);
}
