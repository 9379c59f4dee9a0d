export { composeSchema } from './compose-schema';
export { ingressRowSchema, ingressSchema } from './ingress-schema';
export { checkSchema } from './schema-problems';
export { settingsSchema } from './settings-schema';
