import { setTimeout as sleep } from 'node:timers/promises';

import { describeWithAuthority } from './binaries';
import { Lab } from './lab';

const ISSUED = /^Pebble Intermediate CA/;
/**
 * Traefik looks every minute at certificates that are said to be good for an hour, and renews what has twenty minutes
 * left.
 */
const EVERY_MINUTE = 'certificatesResolvers: {letsencrypt: {acme: {certificatesDuration: 1}}}\n';
const MINUTE_MS = 60_000;

jest.setTimeout(1_200_000);

describeWithAuthority('certificates that Traefik renews every minute', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({}, { validity: 900 });
    await lab.workspace.write('projects/traefik.yml', EVERY_MINUTE);
    await lab.project('keep', { tls: { main: 'keep.shop.net', sans: ['gone.shop.net'] } });
    await lab.project('left', { domain: 'left.shop.net' });
    await deploys();
  });
  afterAll(() => lab?.close());

  async function deploys(...stacks: string[]): Promise<string> {
    const { exitCode, all } = await lab.deploy(...stacks);
    if (exitCode !== 0) throw new Error(`ended with ${exitCode}:\n${all}`);
    return all;
  }

  /** Orders of a time in which Traefik looked at least once, and how often it may have. */
  async function renewals(
    during: () => Promise<unknown>,
  ): Promise<{ orders: Record<string, number>; most: number }> {
    lab.authority.front.takeOrders();
    const began = Date.now();
    await during();
    await sleep(Math.max(0, MINUTE_MS + 15_000 - (Date.now() - began)));
    // Once at each start of a Traefik with a resolver, of which a hand-over has one, and once a minute.
    return {
      orders: lab.authority.front.takeOrders(),
      most: Math.ceil((Date.now() - began) / MINUTE_MS) + 1,
    };
  }

  it('are renewed through a hand-over, and no challenge is misled', async () => {
    const { orders, most } = await renewals(() =>
      lab.workspace.itsup(['restart', 'proxy'], { timeoutMs: 400_000 }),
    );
    expect(Object.keys(orders)).toEqual(['gone.shop.net,keep.shop.net', 'left.shop.net']);
    for (const count of Object.values(orders)) {
      expect(count).toBeGreaterThan(0);
      expect(count).toBeLessThanOrEqual(most);
    }
    // What the old Traefik is in the middle of when it stops is lost, and made up for by the new one.
    const failed = [...(await lab.authority.log()).matchAll(/order (\S+) set INVALID/g)].map(([, id]) => id);
    expect(new Set(failed).size).toBeLessThanOrEqual(1);
    expect(await lab.issuer('left.shop.net')).toMatch(ISSUED);
  });

  it('are renewed without a name that was taken out of the row', async () => {
    await lab.authority.setAddress('gone.shop.net', null);
    await lab.project('keep', { domain: 'keep.shop.net' });
    expect(await deploys()).toMatch(/would renew what nobody asks for any more: gone\.shop\.net/);
    expect(await lab.issuer('keep.shop.net')).toMatch(ISSUED);
    const { orders } = await renewals(() => Promise.resolve());
    expect(Object.keys(orders)).toEqual(['keep.shop.net', 'left.shop.net']);
  });

  it('are not renewed once their project is gone', async () => {
    await lab.workspace.remove(`projects/${lab.workspace.name('left')}`);
    await lab.workspace.itsup(['prune'], { timeoutMs: 400_000 });
    await deploys();
    const { orders } = await renewals(() => Promise.resolve());
    expect(Object.keys(orders)).toEqual(['keep.shop.net']);
    expect(await deploys()).not.toMatch(/would renew/);
  });
});

describeWithAuthority('a certificate that Traefik did not renew', () => {
  const VALID_SECONDS = 180;
  let lab: Lab;

  beforeAll(async () => {
    lab = await Lab.open({}, { validity: VALID_SECONDS });
  });
  afterAll(() => lab?.close());

  it('is asked for anew, once, by the deploy that finds it ended', async () => {
    await lab.project('short', { domain: 'short.net' });
    // Traefik looks at its certificates when it starts, and then once a day.
    expect((await lab.deploy()).exitCode).toBe(0);
    await sleep(VALID_SECONDS * 1000);
    const listed = await lab.workspace.itsup(['certificates']);
    expect(listed.stdout).toMatch(/short\.net: ended .*and was not renewed/);
    expect(listed.exitCode).not.toBe(0);
    lab.authority.front.takeOrders();
    const { exitCode, all } = await lab.deploy();
    expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
    expect(lab.authority.front.takeOrders()).toEqual({ 'short.net': 1 });
    expect(await lab.issuer('short.net')).toMatch(ISSUED);
  });
});
