import type { IngressRowText } from './row';
import { tidyEncodedSlashes, tidyPriorities } from './said-by-itself';

const web = (change: Partial<IngressRowText> = {}): IngressRowText => ({
  service: 'web',
  port: 80,
  ...change,
});

describe('tidyPriorities', () => {
  const site = web({ tls: { main: 'a.example.com', sans: ['www.example.com', 'b.example.com'] } });
  // Of Traefik a rule's length is its priority; the narrower row has to be asked before.
  const before = 'Host(`a.example.com`) || Host(`www.example.com`) || Host(`b.example.com`)'.length + 1;
  const path = web({ domain: 'a.example.com', path_prefix: '/x' });

  it('leaves out the one that a narrower row gets by itself', () => {
    expect(tidyPriorities([site, { ...path, priority: before }])).toEqual([site, path]);
  });

  it('keeps one that is another one, and what it decides about', () => {
    for (const priority of [before - 1, before + 1, 1]) {
      const rows = [site, { ...path, priority }];
      expect(tidyPriorities(rows)).toEqual(rows);
    }
    // The wider row decides for itself, so that the narrower one gets none by itself.
    const rows = [
      { ...site, priority: 500 },
      { ...path, priority: before },
    ];
    expect(tidyPriorities(rows)).toEqual(rows);
  });

  it('leaves out all of a chain, each of which is implied by the one before', () => {
    const deeper = { ...path, path_prefix: '/x/y' };
    const rows = [{ ...deeper, priority: before + 1 }, { ...path, priority: before }, site];
    expect(tidyPriorities(rows)).toEqual([deeper, path, site]);
  });

  it('keeps one where no row is wider', () => {
    const rows = [{ ...path, priority: before }];
    expect(tidyPriorities(rows)).toEqual(rows);
  });
});

describe('tidyEncodedSlashes', () => {
  const guarded = web({ domain: 'a.example.com', path_prefix: '/admin', basic_auth: 'USERS' });

  it('says where a row is stricter than the labels were', () => {
    const notes: string[] = [];
    expect(tidyEncodedSlashes([guarded], notes)).toEqual([guarded]);
    expect(notes).toEqual([expect.stringContaining('web: requests whose path holds an encoded slash (%2F)')]);
  });

  it('leaves the field out where the row refuses them by itself, and keeps it where it allows them', () => {
    const notes: string[] = [];
    const open = web({ domain: 'b.example.com', allow_encoded_slashes: true });
    const refusing: IngressRowText = { ...guarded, allow_encoded_slashes: false };
    expect(tidyEncodedSlashes([refusing, open], notes)).toEqual([guarded, open]);
    expect(notes).toEqual([]);
  });
});
