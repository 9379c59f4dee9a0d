import type { Row } from '../row';
import { BETWEEN_SERVICES } from './between-services';
import { ENGINE } from './engine';
import { FILES } from './files';
import { GENERATED } from './generated';
import { SERVICE_KEYS } from './service-keys';

/** The table of the reference run. */
export const ROWS: readonly Row[] = [...FILES, ...BETWEEN_SERVICES, ...ENGINE, ...SERVICE_KEYS, ...GENERATED];
