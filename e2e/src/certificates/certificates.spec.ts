import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { run } from '../harness/run';
import { NOWHERE } from './authority';
import { describeWithAuthority } from './binaries';
import { Lab } from './lab';

/** Whoever signs for the test authority. */
const ISSUED = /^Pebble Intermediate CA/;
const STAND_IN = /^itsup stand-in/;

jest.setTimeout(1_200_000);

describeWithAuthority('certificates of a host that asks Let’s Encrypt', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({}, { blocked: ['blocked.net'] });
  });
  afterAll(() => lab?.close());

  async function deploys(...stacks: string[]): Promise<string> {
    const { exitCode, all } = await lab.deploy(...stacks);
    if (exitCode !== 0) throw new Error(`ended with ${exitCode}:\n${all}`);
    return all;
  }

  it('asks once for each of two domains, waits for both, and says so', async () => {
    await lab.project('one', { domain: 'one.shop.net' });
    await lab.project('two', { tls: { main: 'two.shop.net', sans: ['www.two.shop.net'] } });
    const said = await deploys();
    expect(said).toMatch(/certificate of one\.shop\.net: by Pebble Intermediate CA .*, 89 days left/);
    expect(lab.authority.front.takeOrders()).toEqual({
      'one.shop.net': 1,
      'two.shop.net,www.two.shop.net': 1,
    });
    expect(await lab.issuer('one.shop.net')).toMatch(ISSUED);
    expect(await lab.issuer('www.two.shop.net')).toMatch(ISSUED);
  });

  it('asks for nothing when nothing changed, when Traefik restarts, and when it is handed over', async () => {
    await deploys();
    await deploys('proxy');
    await lab.workspace.itsup(['restart', 'proxy'], { timeoutMs: 400_000 });
    expect(lab.authority.front.takeOrders()).toEqual({});
    expect(await lab.issuer('one.shop.net')).toMatch(ISSUED);
  });

  it('fails with the authority’s words where DNS is wrong, and asks no more while other things are deployed', async () => {
    const bad = await lab.project(
      'bad',
      { domain: 'bad.shop.net' },
      { addresses: { 'bad.shop.net': NOWHERE } },
    );
    const told = join(lab.workspace.state, 'told');
    await lab.set({}, { alert: { command: `cat >${told}` } });
    const { exitCode, all } = await lab.deploy(bad);
    await lab.set({});
    expect(exitCode).not.toBe(0);
    expect(await readFile(told, 'utf8')).toMatch(
      /no certificate for bad\.shop\.net: refused .*\(connection\)/,
    );
    expect(all).toMatch(/no certificate for bad\.shop\.net: refused .*\(connection\)/);
    expect(lab.authority.front.takeOrders()).toEqual({ 'bad.shop.net': 1 });
    expect(await lab.issuer('bad.shop.net')).toMatch(STAND_IN);
    for (const version of ['2', '3', '4']) {
      const one = await lab.project('one', { domain: 'one.shop.net' }, { version });
      await deploys(one);
    }
    expect((await lab.deploy(bad)).exitCode).not.toBe(0);
    expect(lab.authority.front.takeOrders()).toEqual({});
  });

  it.each([
    ['status', []],
    ['explain', ['https://bad.shop.net/']],
    ['doctor', []],
    ['history', ['bad']],
    ['certificates', []],
  ])('%s says what the authority said', async (command, words) => {
    const args = words.map((word) => (word === 'bad' ? lab.workspace.name(word) : word));
    const { all } = await lab.workspace.itsup([command, ...args], { timeoutMs: 400_000 });
    expect(all.replaceAll(/\s+/g, ' ')).toMatch(/bad\.shop\.net.*refused .*\(connection\)/);
  });

  it('asks as soon as DNS is right', async () => {
    await lab.authority.setAddress('bad.shop.net', '127.0.0.1');
    const said = await deploys(lab.workspace.name('bad'));
    expect(said).toMatch(
      /asks again for the certificate of bad\.shop\.net: bad\.shop\.net leads to 127\.0\.0\.1 now/,
    );
    expect(lab.authority.front.takeOrders()).toEqual({ 'bad.shop.net': 1 });
    expect(await lab.issuer('bad.shop.net')).toMatch(ISSUED);
  });

  it('does not ask for a name that no DNS server knows', async () => {
    const lost = await lab.project(
      'lost',
      { domain: 'lost.shop.net' },
      { addresses: { 'lost.shop.net': null } },
    );
    const { exitCode, all } = await lab.deploy(lost);
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/no certificate for lost\.shop\.net: not asked for: DNS has no address for it/);
    expect(lab.authority.front.takeOrders()).toEqual({});
    await lab.authority.setAddress('lost.shop.net', '127.0.0.1');
    await deploys(lost);
    expect(lab.authority.front.takeOrders()).toEqual({ 'lost.shop.net': 1 });
  });

  it('names the one of several names that is refused', async () => {
    const many = await lab.project('many', { tls: { main: 'many.shop.net', sans: ['blocked.net'] } });
    const { exitCode, all } = await lab.deploy(many);
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/blocked\.net is a forbidden domain \(rejectedIdentifier\)/);
    expect(lab.authority.front.takeOrders()).toEqual({ 'blocked.net,many.shop.net': 1 });
    await lab.project('many', { domain: 'many.shop.net' });
    await deploys(many);
    expect(lab.authority.front.takeOrders()).toEqual({ 'many.shop.net': 1 });
  });

  it('minds the authority’s limit and its time, and asks when told to', async () => {
    lab.authority.front.limit(1);
    const busy = await lab.project('busy', { domain: 'busy.shop.net' });
    const { exitCode, all } = await lab.deploy(busy);
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/too many failed authorizations.*\(rateLimited\)/);
    expect(all).toMatch(/it takes no order before/);
    await lab.deploy(busy);
    expect(lab.authority.front.takeOrders()).toEqual({ 'busy.shop.net': 1 });
    const retried = await lab.workspace.itsup(['certificates', 'retry', 'busy.shop.net']);
    expect(retried.all).toMatch(/busy\.shop\.net: by Pebble Intermediate CA/);
    expect(retried.exitCode).toBe(0);
    expect(lab.authority.front.takeOrders()).toEqual({ 'busy.shop.net': 1 });
    const listed = await lab.workspace.itsup(['certificates']);
    expect(listed.stdout).toMatch(/^busy\.shop\.net +\S+busy +there +89 +Pebble/m);
  });

  it('hands over while a name has no certificate and somebody stays connected', async () => {
    const late = await lab.project(
      'late',
      { domain: 'late.shop.net' },
      { addresses: { 'late.shop.net': NOWHERE } },
    );
    await lab.deploy(late);
    lab.authority.front.takeOrders();
    await lab.authority.setAddress('late.shop.net', '127.0.0.1');
    const held = lab.handshake('one.shop.net');
    await new Promise((resolve) => held.once('secureConnect', resolve));
    await lab.project('two', { tls: { main: 'two.shop.net', sans: ['www.two.shop.net'] }, hostport: 9443 });
    await deploys('proxy', late);
    held.destroy();
    expect(lab.authority.front.takeOrders()).toEqual({ 'late.shop.net': 1 });
    expect(await lab.issuer('late.shop.net')).toMatch(ISSUED);
  });

  it('asks once for the whole when a name is added to a certificate', async () => {
    const tls = { main: 'two.shop.net', sans: ['www.two.shop.net', 'api.two.shop.net'] };
    await deploys(await lab.project('two', { tls }));
    expect(lab.authority.front.takeOrders()).toEqual({
      'api.two.shop.net,two.shop.net,www.two.shop.net': 1,
    });
    expect(await lab.issuer('api.two.shop.net')).toMatch(ISSUED);
  });

  it('says that the authority is out of reach, and asks when it is back', async () => {
    lab.authority.front.setDown(true);
    const far = await lab.project('far', { domain: 'far.shop.net' });
    const { exitCode, all } = await lab.deploy(far);
    // What is there needs no authority.
    const other = await lab.deploy(await lab.project('one', { domain: 'one.shop.net' }, { version: '5' }));
    lab.authority.front.setDown(false);
    expect(exitCode).not.toBe(0);
    expect(other).toMatchObject({ exitCode: 0 });
    expect(all).toMatch(/no certificate for far\.shop\.net: /);
    expect(all).toMatch(/whether this host reaches the authority/);
    expect(lab.authority.front.takeOrders()).toEqual({});
    await deploys(far);
    expect(lab.authority.front.takeOrders()).toEqual({ 'far.shop.net': 1 });
  });

  it('puts the copy of acme.json back when it was emptied, and asks for nothing', async () => {
    await run('truncate', ['-s', '0', `${lab.workspace.state}/acme/acme.json`]);
    expect(await deploys('proxy')).toMatch(
      /acme\.json cannot be read \(it is empty\): the copy of .* is back/,
    );
    await lab.workspace.itsup(['restart', 'proxy'], { timeoutMs: 400_000 });
    expect(lab.authority.front.takeOrders()).toEqual({});
    expect(await lab.issuer('one.shop.net')).toMatch(ISSUED);
  });

  it('puts the copy of acme.json back when it was cut, and asks for nothing', async () => {
    await run('sh', [
      '-c',
      `head -c 3000 ${lab.workspace.state}/acme/acme.json >/tmp/cut && cat /tmp/cut >${lab.workspace.state}/acme/acme.json`,
    ]);
    await lab.restartTraefik('one.shop.net');
    expect(await lab.issuer('one.shop.net')).not.toMatch(ISSUED);
    const said = await deploys('proxy');
    expect(said).toMatch(/acme\.json cannot be read \(it is no JSON.*the copy of .* is back/);
    expect(await lab.issuer('one.shop.net')).toMatch(ISSUED);
    expect(lab.authority.front.takeOrders()).toEqual({});
  });

  it('mends a mode that Traefik does not take', async () => {
    await run('chmod', ['644', `${lab.workspace.state}/acme/acme.json`]);
    await lab.restartTraefik('one.shop.net');
    expect(await deploys('proxy')).toMatch(/acme\.json had another mode or owner/);
    expect(await lab.issuer('one.shop.net')).toMatch(ISSUED);
    expect(lab.authority.front.takeOrders()).toEqual({});
  });

  it('converges when acme.json is thrown away: one order for each name, and no site without a certificate', async () => {
    await run('rm', [`${lab.workspace.state}/acme/acme.json`]);
    const { exitCode, all } = await lab.workspace.itsup(['restart', 'proxy'], { timeoutMs: 400_000 });
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    expect(await lab.issuer('one.shop.net')).toMatch(ISSUED);
    const orders = lab.authority.front.takeOrders();
    expect(Object.values(orders).every((count) => count === 1)).toBe(true);
    expect(Object.keys(orders)).toContain('one.shop.net');
  });

  it('takes the e-mail out again', async () => {
    await lab.set(null);
    await deploys();
    expect(lab.authority.front.takeOrders()).toEqual({});
  });
});
