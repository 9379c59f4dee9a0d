import type { System } from './context';

/** The real clock and process facts. */
export declare function createSystem(): System;
