import type { Row } from '../row';
import { BETWEEN_SERVICES } from './between-services';
import { EDGES } from './edges';
import { ENGINE } from './engine';
import { EXCLUSIVE } from './exclusive';
import { FILES } from './files';
import { GENERATED } from './generated';
import { NETWORKS } from './networks';
import { SELDOM } from './seldom';
import { SERVICE_KEYS } from './service-keys';

/** The table of the reference run. */
export const ROWS: readonly Row[] = [
  ...FILES,
  ...BETWEEN_SERVICES,
  ...ENGINE,
  ...EDGES,
  ...NETWORKS,
  ...SERVICE_KEYS,
  ...SELDOM,
  ...EXCLUSIVE,
  ...GENERATED,
];
