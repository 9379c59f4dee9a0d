import {
  acmeResolvers,
  knownIssuers,
  readAcmeStore,
  refreshStore,
  type StoredCertificate,
  type StoreKnowledge,
  type Tree,
} from '@itsup/traefik';

import type { DeployContext } from '../../context';
import { changeBook } from '../refused/book';
import { flawOf, goodCertificates, keepCopy, readKept, readWhole } from './store-copy';
import { readStore, writeStore, type StoreAccess } from './store-file';

/** acme.json during a hand-over: what the temporary instance serves of it, and what the final one finds. */
export class HandoverStore {
  private constructor(
    private readonly context: Pick<DeployContext, 'docker' | 'state' | 'system'>,
    private readonly access: StoreAccess,
    private readonly next: Tree,
    private text: string,
    private readonly kept: string,
    private readonly knowledge: Pick<StoreKnowledge, 'unwanted' | 'wanted'>,
  ) {}

  /**
   * @param current static configuration of the running Traefik, whose authorities issued what there is
   * @param knowledge of what the final instance is asked for, and is not to renew
   * @throws NotHandedOver
   */
  static async open(
    context: Pick<DeployContext, 'docker' | 'state' | 'system'>,
    access: StoreAccess,
    {
      current,
      next,
      knowledge,
    }: { current: Tree; next: Tree; knowledge: Pick<StoreKnowledge, 'unwanted' | 'wanted'> },
  ): Promise<HandoverStore> {
    const { text: read, flaw } = await readWhole(context, access, false);
    const text = flaw === null ? read : '';
    await keepCopy(context, text);
    await changeBook(context, (book) => ({
      ...book,
      issuers: knownIssuers(text, acmeResolvers(current), book.issuers),
    }));
    const kept = await readKept(context.state);
    return new HandoverStore(context, access, next, text, kept?.text ?? '', knowledge);
  }

  /** All that is good for a name, thrown away on purpose or not: until there is another one it serves. */
  certificates(): StoredCertificate[] {
    return goodCertificates([this.text, this.kept], this.context.system.now());
  }

  /** What the final instance found. */
  stored(): StoredCertificate[] {
    return readAcmeStore(this.text).flatMap(({ certificates }) => certificates);
  }

  /**
   * Fits acme.json to the resolvers that come, where they changed. Traefik writes what it has in memory, so the old one
   * is stopped first.
   * @returns what was done, in words
   */
  async refresh(stop: () => Promise<void>): Promise<string[]> {
    const resolvers = acmeResolvers(this.next);
    const { issuers } = await changeBook(this.context, (book) => book);
    const knowledge = { ...this.knowledge, issuers };
    if (refreshStore(this.text, resolvers, knowledge) === null) return [];
    await stop();
    const left = (await readStore({ ...this.access, container: null })) ?? '';
    const refreshed = refreshStore(flawOf(left) === null ? left : this.text, resolvers, knowledge);
    if (refreshed === null) return [];
    const stay = fingerprintsOf(refreshed.text);
    const dropped = fingerprintsOf(this.text).filter((one) => !stay.includes(one));
    await changeBook(this.context, (book) => ({ ...book, dropped }));
    await writeStore(this.access, refreshed.text);
    this.text = refreshed.text;
    return [
      ...refreshed.accounts.map(({ resolver, reason }) => `${resolver} registers a new account: ${reason}`),
      ...(refreshed.reissued.length === 0
        ? []
        : [`another authority is asked for ${refreshed.reissued.join(', ')}`]),
      ...(refreshed.moved.length === 0
        ? []
        : [`certificates go with their resolver to its new name: ${refreshed.moved.join(', ')}`]),
      ...(refreshed.givenUp.length === 0
        ? []
        : [
            `certificates that have ended, or that nobody asks for as they are, and that are not renewed: ${refreshed.givenUp.join(', ')}`,
          ]),
    ];
  }
}

function fingerprintsOf(text: string): string[] {
  return readAcmeStore(text).flatMap(({ certificates }) =>
    certificates.map(({ fingerprint }) => fingerprint),
  );
}
