import { rowOf } from '../ingress/ingress-row';
import { ingressRowSchema } from '../schema/ingress-row-schema';
import type { IngressRow, Settings } from '../model';
import { toSettings } from '../settings/read-settings';
import { settingsSchema } from '../schema/settings/settings-schema';

/** A row of `service: web` as a file of that one line has it, but for what a test changes. */
export function row(changes: Partial<IngressRow> = {}): IngressRow {
  return {
    ...rowOf(ingressRowSchema.parse({ service: 'web' })),
    place: { file: 'projects/blog/ingress.yml', line: 2, column: 5 },
    places: {},
    ...changes,
  };
}

/** Settings as an empty `itsup.yml` has them, but for what a test changes. */
export function settings(changes: Partial<Settings> = {}): Settings {
  return {
    ...toSettings(settingsSchema.parse({})),
    traefikOverride: null,
    middlewaresOverride: null,
    files: [],
    ...changes,
  };
}
