import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { KernelFacts } from '../facts';

/** @param sys where the kernel shows its switches */
export async function kernelFacts(sys = '/proc/sys/net'): Promise<KernelFacts> {
  const conf = path.join(sys, 'ipv4/conf');
  const names = await readdir(conf).catch(() => []);
  const own = await Promise.all(
    names.map(async (name) => [name, await readNumber(path.join(conf, name, 'rp_filter'))] as const),
  );
  const values = own.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return {
    ipForward: await readSwitch(path.join(sys, 'ipv4/ip_forward')),
    rpFilter: {
      all: values.find(([name]) => name === 'all')?.[1] ?? null,
      byInterface: Object.fromEntries(values.filter(([name]) => name !== 'all' && name !== 'default')),
    },
    bridgeNfCallIptables: await readSwitch(path.join(sys, 'bridge/bridge-nf-call-iptables')),
  };
}

async function readSwitch(file: string): Promise<boolean | null> {
  const value = await readNumber(file);
  return value === null ? null : value !== 0;
}

async function readNumber(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() === '' ? null : Number(text);
}
