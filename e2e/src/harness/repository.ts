import { join } from 'node:path';

/** The checkout that is tested. */
export const REPOSITORY = join(__dirname, '../../..');
