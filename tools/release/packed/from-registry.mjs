/**
 * The way of somebody who has npm and nothing else: `npm create itsup` from a registry, a deploy on an engine, a
 * change, a later version, and the way back that is refused. Two versions are published, which differ in what they
 * render.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, run, say, write } from './bench.mjs';
import { pnpmWorkspace } from './foreign-workspace.mjs';
import { publish, startRegistry } from './registry.mjs';

export const FORMER = '0.8.0';
export const LATER = '0.9.0';

/** A service that says which version of it answers, from an image that every engine of the tests has. */
const COMPOSE = `services:
  web:
    image: busybox:stable
    command: [sh, -c, 'mkdir /www; echo "$$SAYS" >/www/index.html; exec httpd -f -p 8080 -h /www']
    environment:
      SAYS: one
    stop_grace_period: 1s
    healthcheck:
      test: [CMD, wget, -qO-, 'http://127.0.0.1:8080/']
      interval: 1s
`;
const INGRESS = 'ingress:\n  - { service: web, domain: hello.localhost, port: 8080 }\n';

export async function fromRegistry(context) {
  const registry = await startRegistry(context);
  try {
    await publish(registry, FORMER, { change: asRenderedBefore, byNx: false });
    const own = { env: registry.env };
    const created = run(own, context.folder, 'npm', ['create', '--yes', `itsup@${FORMER}`, 'server']);
    assert.match(created, /is ready/);
    const server = join(context.folder, 'server');
    write(server, {
      'projects/hello/docker-compose.yml': COMPOSE,
      'projects/hello/ingress.yml': INGRESS,
    });
    const bin = join(server, 'node_modules/.bin');
    assert.equal(run(context, server, join(bin, 'itsup'), ['--version']).trim(), `itsup ${FORMER}`);
    assert.match(run(context, server, join(bin, 'itsup'), ['validate']), /2 stacks: valid/);
    // As README says it is updated, in a copy: on an engine of its own there is no way to the registry.
    await publish(registry, LATER);
    const later = join(context.folder, 'later');
    cpSync(server, later, { recursive: true, verbatimSymlinks: true });
    run(own, later, 'npm', ['install', '-DE', '--ignore-scripts', `itsup@${LATER}`]);
    const { devDependencies } = JSON.parse(readFileSync(join(later, 'package.json'), 'utf8'));
    assert.equal(devDependencies.itsup, LATER);
    pnpmWorkspace(context, registry, LATER);
    onEngine(context, server, later);
  } finally {
    registry.end();
  }
}

/** The version before wrote one label more. */
function asRenderedBefore(packages) {
  const template = join(packages, 'libs/artifacts/templates/upstream/docker-compose.ingress.yml.eta');
  const text = readFileSync(template, 'utf8');
  const line = '    labels:\n';
  assert.ok(text.includes(line), template);
  writeFileSync(template, text.replace(line, `${line}      itsup.rendered: before\n`));
}

function onEngine(context, server, later) {
  const today = process.env.ITSUP_PACKED_ENGINE === 'today' ? ['--today'] : [];
  const args = [...today, process.execPath, join(ROOT, 'tools/release/packed/on-engine.mjs'), server, later];
  const { DOCKER_HOST: _none, ...env } = context.env;
  const { status } = spawnSync(join(ROOT, 'e2e/own-engine.sh'), args, { env, stdio: 'inherit' });
  assert.equal(status, 0, 'on an engine');
  say('created from the registry, deployed, changed, updated');
}
