import { canonicalKey, elementType, fileType } from './canonical-keys';

function read(kind: 'static' | 'dynamic', path: string[]): string {
  let type = fileType(kind);
  const names: string[] = [];
  for (const key of path) {
    const found = key === '0' ? { name: key, type: elementType(type) } : canonicalKey(type, key);
    names.push(found.name);
    type = found.type;
  }
  return names.join('.');
}

it.each([
  ['static', 'CertificatesResolvers.LE.ACME.Storage', 'certificatesResolvers.LE.acme.storage'],
  ['static', 'entrypoints.Web.HTTP.TLS.Domains.0.SANS', 'entryPoints.Web.http.tls.domains.0.sans'],
  ['static', 'experimental.Plugins.Mine.ModuleName', 'experimental.plugins.Mine.moduleName'],
  ['static', 'unknown.Key', 'unknown.Key'],
  ['dynamic', 'HTTP.Middlewares.Auth.BasicAuth.Users', 'http.middlewares.Auth.basicAuth.users'],
  ['dynamic', 'http.middlewares.mine.plugin.Mine.Option', 'http.middlewares.mine.plugin.Mine.Option'],
] as const)('%s: %s is %s', (kind, written, name) => {
  expect(read(kind, written.split('.'))).toBe(name);
});
