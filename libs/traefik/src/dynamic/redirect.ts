/**
 * Whether a middleware does nothing but send plain HTTP to HTTPS: under the same name and path, at the standard port.
 * @param fields what it sets, by path in lower case: `redirectscheme.scheme`
 */
export function redirectsToHttps(fields: ReadonlyMap<string, string>): boolean {
  if (fields.get('redirectscheme.scheme')?.toLowerCase() !== 'https') return false;
  return [...fields].every(
    ([field, value]) =>
      field === 'redirectscheme.scheme' ||
      field === 'redirectscheme.permanent' ||
      // To another port it leads elsewhere, under the same name and so with the same certificate.
      (field === 'redirectscheme.port' && (value === '' || value === '443')),
  );
}
