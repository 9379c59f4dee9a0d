import {
  COMPOSE_LABELS,
  composeOwner,
  dependenciesOf,
  hookLabels,
  networkLabels,
  ofComposeProject,
} from './labels';

describe('the labels of Compose', () => {
  it('filter by project, and by one of its services', () => {
    expect(ofComposeProject('shop')).toEqual(['com.docker.compose.project=shop']);
    expect(ofComposeProject('shop', 'web')).toEqual([
      'com.docker.compose.project=shop',
      'com.docker.compose.service=web',
    ]);
  });

  it('name whose something is', () => {
    const owner = { project: 'shop', service: 'web' };
    expect(composeOwner(hookLabels(owner, 'pre_start'))).toEqual(owner);
    expect(composeOwner(networkLabels('shop', 'default'))).toEqual({ project: 'shop', service: '' });
    expect(composeOwner({ other: 'x' })).toEqual({ project: '', service: '' });
  });

  it('name what a service depends on', () => {
    const labels = { [COMPOSE_LABELS.dependsOn]: 'db:service_healthy:false,cache:service_started:true' };
    expect(dependenciesOf(labels)).toEqual(['db', 'cache']);
    expect(dependenciesOf({})).toEqual([]);
    expect(dependenciesOf({ [COMPOSE_LABELS.dependsOn]: '' })).toEqual([]);
  });
});
