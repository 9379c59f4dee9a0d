import { fileFault, labelFault } from './read-faults';

describe('fileFault', () => {
  it('finds what keeps Traefik from reading any file', () => {
    expect(fileFault('http:\n  routers:\n    a: {rule: "Host(`a`)", priority: abc}\n')).toContain(
      '`http.routers.a.priority`',
    );
    expect(fileFault('http:\n  routers:\n    a: {rul: x}\n')).toContain('unknown field');
    expect(fileFault('# {{ .X }}\n')).toContain('Go template');
    expect(fileFault('a: [')).toContain('YAML');
  });

  it('leaves what concerns one object to others', () => {
    expect(
      fileFault('http:\n  routers:\n    a: {rule: "Nonsense(", service: nowhere@docker, priority: "7"}\n'),
    ).toBeNull();
    expect(fileFault('')).toBeNull();
  });
});

describe('labelFault', () => {
  it('finds what Traefik leaves a container out for', () => {
    expect(labelFault({ 'traefik.http.routers.a.priority': 'abc' })).toContain('whole number');
    expect(labelFault({ 'traefik.http.routers.a.nonsense': 'abc' })).toContain('unknown field');
    expect(labelFault({ 'traefik.http.routers.a.priority': '7', 'com.example.x': 'abc' })).toBeNull();
  });
});
