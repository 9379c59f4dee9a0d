import type { ExecutorContext, TargetConfiguration } from '@nx/devkit';
import { unlikeInferred } from './unlike-inferred';

const options = { stack: 'site', digest: 'd', step: 'deploy' };

function told(target: TargetConfiguration, own = options): string | undefined {
  const projects = { site: { root: 'projects/site', targets: { deploy: target } } };
  const projectsConfigurations = { version: 2, projects };
  const context: ExecutorContext = {
    ...{ root: '/w', cwd: '/w', isVerbose: false, projectsConfigurations },
    ...{ nxJsonConfiguration: {}, projectGraph: { nodes: {}, dependencies: {} } },
  };
  return unlikeInferred(context, { project: 'site', target: 'deploy' }, own);
}

it('lets a target run as it was inferred, and with more to wait for', () => {
  expect(told({ cache: false, dependsOn: ['validate', '^deploy'] })).toBeUndefined();
  expect(told({ cache: false, dependsOn: ['lint', 'validate', '^deploy'] })).toBeUndefined();
  expect(told({ dependsOn: ['generate', '^deploy'] }, { ...options, stack: 'proxy' })).toBeUndefined();
  expect(told({ cache: true, dependsOn: [] }, { ...options, step: 'validate' })).toBeUndefined();
});

it('refuses a deploy that targetDefaults cached, or took the validate from', () => {
  expect(told({ cache: true, dependsOn: ['validate', '^deploy'] })).toContain('targetDefaults.deploy');
  expect(told({ cache: false, dependsOn: ['^deploy'] })).toContain('without what it depends on');
  expect(told({ cache: false, dependsOn: ['^build'] })).toContain('itsup-deploy');
  expect(told({ cache: false, dependsOn: ['build'] })).toBeDefined();
  expect(told({ cache: true }, { ...options, step: 'plan' })).toBeDefined();
});
