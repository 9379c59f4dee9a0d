import type { Row } from '../row';
import { ENGINE } from './engine';
import { FILES } from './files';
import { GENERATED } from './generated';
import { SERVICE_KEYS } from './service-keys';

/** The table of the reference run. */
export const ROWS: readonly Row[] = [...FILES, ...ENGINE, ...SERVICE_KEYS, ...GENERATED];
