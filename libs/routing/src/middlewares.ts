/**
 * Middlewares that `middlewares.yml` always has: what the operator may name in a row and what routing itself refers to.
 * The artifact of the proxy defines exactly these, so this list is their one source.
 */
export const generatedMiddlewares = ['default-headers', 'rate-limit', 'redirect'] as const;
