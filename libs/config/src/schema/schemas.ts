export { composeSchema } from '../compose/compose-schema';
export { ingressRowSchema, ingressSchema } from '../ingress/ingress-schema';
export { checkSchema } from './schema-problems';
export { settingsSchema } from '../settings/settings-schema';
