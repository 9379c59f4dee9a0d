import { ingressRowSchema } from './ingress-row-schema';
import { ingressSchema } from './ingress-schema';
import { kindsOf } from './schema-kit';

export { composeSchema } from './compose-schema';
export { misfits } from './misfits';
export { checkSchema } from './schema-problems';
export { writtenOptionsSchema } from './service-options-schema';
export { settingsSchema } from './settings/settings-schema';
export { ingressRowSchema, ingressSchema };

/** What the values of the ingress file's keys are, for text that stands for them. */
export const fileKinds = kindsOf(ingressSchema);
export const rowKinds = kindsOf(ingressRowSchema);

/** A row that says nothing, and the keys of one that say what they are by themselves. */
export const emptyRow = ingressRowSchema.parse({});
export const rowKeys = Object.keys(ingressRowSchema.shape).filter(
  (key) => !['domain', 'tls', 'proxyprotocol'].includes(key),
);
