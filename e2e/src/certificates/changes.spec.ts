import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { handoverSteps } from '@itsup/deploy';

import { signalAtStep } from '../load/signal-at-step';
import { PRIVATE } from './authority';
import { describeWithAuthority } from './binaries';
import { Lab } from './lab';

/** Where Traefik finds `letsencrypt.caCertificates`. */
const AUTHORITY_FILE = '/etc/traefik/authority.pem';
const ISSUED = /^Pebble Intermediate CA/;

jest.setTimeout(1_200_000);

describeWithAuthority('what an operator changes of certificates', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({ staging: true });
    await lab.project('shop', { domain: 'shop.net' });
    await deploys();
    lab.authority.front.takeOrders();
  });
  afterAll(() => lab?.close());

  async function deploys(...stacks: string[]): Promise<string> {
    const { exitCode, all } = await lab.deploy(...stacks);
    if (exitCode !== 0) throw new Error(`ended with ${exitCode}:\n${all}`);
    return all;
  }

  it('asks for a real certificate when staging ends, and registers for another e-mail', async () => {
    const staged = await lab.issuer('shop.net');
    await lab.set({ email: 'new@shop.net' });
    const said = await deploys();
    expect(said).toMatch(/another authority is asked for shop\.net/);
    expect(said).toMatch(/letsencrypt registers a new account: the e-mail is new@shop\.net now/);
    expect(lab.authority.front.takeOrders()).toEqual({ 'shop.net': 1 });
    expect(await lab.issuer('shop.net')).toMatch(ISSUED);
    expect(await lab.issuer('shop.net')).not.toBe(staged);
  });

  it('proves a wildcard by DNS, and takes credentials that came after the settings', async () => {
    await lab.set({ resolvers: { dns: { dnsChallenge } } });
    const wild = await lab.project('wild', { tls: { main: '*.shop.net', resolver: 'dns' } });
    const without = await lab.deploy();
    expect(without.exitCode).not.toBe(0);
    expect(without.all).toMatch(/no certificate for \*\.shop\.net: refused/);
    expect(without.all).toMatch(/traefik\.env/);
    lab.authority.front.takeOrders();
    // What stands in for the wildcard would pass for the certificate of every host below it.
    const host = await lab.project('host', { domain: 'host.shop.net' });
    await deploys(host);
    expect(lab.authority.front.takeOrders()).toEqual({ 'host.shop.net': 1 });
    expect(await lab.issuer('host.shop.net')).toMatch(ISSUED);
    const secrets = join(lab.workspace.state, 'traefik/secrets');
    await mkdir(secrets, { recursive: true });
    await writeFile(join(secrets, 'hook.sh'), HOOK, { mode: 0o755 });
    await writeFile(join(lab.workspace.state, 'traefik.env'), 'EXEC_PATH=/etc/traefik/secrets/hook.sh\n');
    await deploys('proxy', wild);
    expect(lab.authority.front.takeOrders()).toEqual({ '*.shop.net': 1 });
    expect(await lab.issuer('any.shop.net')).toMatch(ISSUED);
  });

  it('loses no certificate and asks for none, at whatever step a hand-over is killed', async () => {
    let size = 0;
    for (const step of ['start-temporary', 'redirect', 'replace', 'await-final'] as const) {
      expect(handoverSteps).toContain(step);
      // Every other size is another static configuration.
      size += 1;
      await lab.workspace.write('projects/traefik.yml', `accessLog: {bufferingSize: ${size}}\n`);
      expect((await signalAtStep(lab.workspace, 'proxy', step, 'SIGKILL')).killedBy).toBe('SIGKILL');
      await deploys('proxy');
      expect(await lab.issuer('shop.net')).toMatch(ISSUED);
    }
    expect(lab.authority.front.takeOrders()).toEqual({});
  }, 2_400_000);

  it('hands over while every certificate is due for renewal', async () => {
    await lab.workspace.write(
      'projects/traefik.yml',
      // Whatever has less than four months left is renewed at each start.
      'certificatesResolvers: {letsencrypt: {acme: {certificatesDuration: 9000}}}\n',
    );
    await deploys('proxy');
    expect(await lab.issuer('shop.net')).toMatch(ISSUED);
    lab.authority.front.takeOrders();
    await lab.workspace.itsup(['restart', 'proxy'], { timeoutMs: 400_000 });
    // The final instance's own, and nobody else's.
    expect(lab.authority.front.takeOrders()).toEqual({ 'host.shop.net': 1, 'shop.net': 1 });
    await lab.workspace.remove('projects/traefik.yml');
    await deploys('proxy');
    lab.authority.front.takeOrders();
  });

  it('asks another authority, checked by a root of one’s own, for what the one before certified', async () => {
    await lab.set({ caServer: `https://${PRIVATE}/directory`, resolvers: { dns: { dnsChallenge } } });
    const said = await deploys();
    expect(said).toMatch(/another authority is asked for .*shop\.net/);
    expect(lab.authority.front.takeOrders()).toEqual({ '*.shop.net': 1, 'host.shop.net': 1, 'shop.net': 1 });
    expect(await lab.issuer('shop.net')).toMatch(ISSUED);
  });

  it('proves a name by TLS with a resolver of one’s own, and hands over without asking again', async () => {
    const acme = `{email: ops@shop.net, storage: /acme/acme.json, tlsChallenge: {}, caCertificates: [${AUTHORITY_FILE}]}`;
    await lab.workspace.write('projects/traefik.yml', `certificatesResolvers: {alpn: {acme: ${acme}}}\n`);
    // No name below another one's wildcard: Traefik would ask for nothing.
    await lab.project('alpn', { tls: { main: 'alpn.net', resolver: 'alpn' } });
    await deploys();
    expect(lab.authority.front.takeOrders()).toEqual({ 'alpn.net': 1 });
    expect(await lab.issuer('alpn.net')).toMatch(ISSUED);
    await lab.workspace.itsup(['restart', 'proxy'], { timeoutMs: 400_000 });
    expect(lab.authority.front.takeOrders()).toEqual({});
    expect(await lab.issuer('alpn.net')).toMatch(ISSUED);
  });

  it('takes certificates along when their resolver gets another name', async () => {
    await lab.set({ caServer: `https://${PRIVATE}/directory`, resolvers: { names: { dnsChallenge } } });
    await lab.project('wild', { tls: { main: '*.shop.net', resolver: 'names' } });
    expect(await deploys()).toMatch(/certificates go with their resolver to its new name: \*\.shop\.net/);
    expect(lab.authority.front.takeOrders()).toEqual({});
    expect(await lab.issuer('any.shop.net')).toMatch(ISSUED);
  });
});

const dnsChallenge = { provider: 'exec', propagation: { disableChecks: true } };

const HOOK = `#!/bin/sh
case $1 in present) path=set-txt;; *) path=clear-txt;; esac
wget -q -O /dev/null --post-data "{\\"host\\":\\"$2\\",\\"value\\":\\"$3\\"}" http://127.0.0.1:8055/$path
`;
