/** What one client may ask for of all sites together, where `traefik.rateLimit` says nothing. */
export const DEFAULT_RATE_LIMIT = { average: 500, burst: 3000 };
