/** Settings of `letsencrypt` that say nothing of an authority of one's own. */
export const AUTHORITY = { caServer: null, caCertificates: null, wait: 60 } as const;
