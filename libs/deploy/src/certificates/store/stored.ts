import { AcmeStoreError, readAcmeStore } from '@itsup/traefik';

import type { DeployContext } from '../../context';
import { readFileOrNull } from '../../state/atomic-file';
import { keptStoreFile, readBook } from '../refused/book';
import type { KnownCertificate } from '../standing';
import { stampOfStore } from './store-file';

/**
 * The certificates that resolvers keep, without asking an engine for acme.json itself: of its copy, while that is of
 * today's.
 * @returns null: they are not known
 */
export async function storedCertificates(
  context: Pick<DeployContext, 'docker' | 'state' | 'system'>,
): Promise<KnownCertificate[] | null> {
  const [stamp, { copied }] = [await stampOfStore(context), await readBook(context.state)];
  if (stamp === null) return [];
  if (stamp.text !== copied) return null;
  try {
    const text = (await readFileOrNull(keptStoreFile(context.state))) ?? '';
    return readAcmeStore(text).flatMap(({ certificates }) => certificates);
  } catch (error) {
    if (error instanceof AcmeStoreError) return null;
    throw error;
  }
}
