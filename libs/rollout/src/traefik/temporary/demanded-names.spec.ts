import { servedConfiguration, type ServedCertificate } from '@itsup/traefik';
import { askedNames, askedOrders, demandedNames, namesOnTheirWay, type Stored } from './demanded-names';

const NOW = 1_000_000;
const LATER = NOW + 1_000;

function served(...names: string[]): ServedCertificate {
  return { fingerprint: names.join(), names, issuer: 'x', begins: 0, expires: LATER };
}

const routers = {
  'shop@docker': { rule: 'Host(`shop.net`) && PathPrefix(`/`)', tls: { certResolver: 'letsencrypt' } },
  'mail@docker': {
    rule: 'Host(`x.net`)',
    tls: { certResolver: 'letsencrypt', domains: [{ main: 'mail.net', sans: ['imap.mail.net'] }] },
  },
  'plain@docker': { rule: 'Host(`plain.net`)', tls: {} },
};
const configuration = servedConfiguration({ routers });

function demanded(certificates: ServedCertificate[], stored: Partial<Stored> = {}): string[] {
  return demandedNames(
    { certificates, configuration },
    { certificates: [], resolvers: ['letsencrypt'], ...stored },
    NOW,
  );
}

const kept = (resolver: string, ...names: string[]) => ({ resolver, names, expires: LATER });

describe('askedNames', () => {
  it('takes the domains that a router names, else those of its rule', () => {
    expect(askedNames(configuration)).toEqual(['shop.net', 'mail.net', 'imap.mail.net']);
  });
});

describe('askedOrders', () => {
  it('keeps apart what is asked for together', () => {
    expect(askedOrders(configuration)).toEqual([
      { resolver: 'letsencrypt', names: ['shop.net'] },
      { resolver: 'letsencrypt', names: ['mail.net', 'imap.mail.net'] },
    ]);
  });
});

describe('namesOnTheirWay', () => {
  const old = { certificates: [served('shop.net'), served('imap.mail.net', 'plain.net')] };

  it('are those that the new instance asks for and has not got, of what the old one has', () => {
    const fresh = { certificates: [served('shop.net')], configuration };
    expect(namesOnTheirWay(fresh, old, ['letsencrypt'])).toEqual(['imap.mail.net']);
  });

  it('are none where the new instance has no such resolver: nothing will come', () => {
    expect(namesOnTheirWay({ certificates: [], configuration }, old, [])).toEqual([]);
    expect(namesOnTheirWay({ certificates: [], configuration }, old, ['dns'])).toEqual([]);
  });
});

describe('demandedNames', () => {
  it('demands what acme.json holds, by name: a renewed certificate is another one and good', () => {
    expect(demanded([served('shop.net')], { certificates: [kept('letsencrypt', 'shop.net')] })).toEqual([
      'shop.net',
    ]);
  });

  it('does not demand what only the old instance has from an authority: it is asked for, not lost', () => {
    expect(demanded([served('shop.net'), served('mail.net', 'imap.mail.net')])).toEqual([]);
  });

  it('does not demand what was given up: a resolver that goes, and whatever ended', () => {
    const certificates = [kept('dns', '*.old.net'), { ...kept('letsencrypt', 'late.net'), expires: NOW }];
    expect(demanded([served('*.old.net'), served('late.net')], { certificates })).toEqual([]);
  });

  it('demands of a temporary instance all that it was given', () => {
    const certificates = [kept('dns', '*.old.net')];
    expect(demanded([served('*.old.net')], { certificates, resolvers: null })).toEqual(['*.old.net']);
  });

  it('demands a certificate of the operator’s own, of which no resolver knows', () => {
    expect(demanded([served('plain.net')])).toEqual(['plain.net']);
    expect(demanded([{ ...served('plain.net'), expires: NOW }])).toEqual([]);
  });
});
