/**
 * What is done with two installed versions on an engine, under load. Started by e2e/own-engine.sh.
 *
 * usage: on-engine.mjs <workspace with the former version> <the same with the later one>
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './bench.mjs';
import { needEngine } from './engine.mjs';
import { FORMER, LATER } from './from-registry.mjs';

const [server, later] = process.argv.slice(2);
itsup(['generate']);
needEngine(server);
itsup(['deploy']);
assert.equal(await body(), 'one');

await underLoad(async () => {
  const file = join(server, 'projects/hello/docker-compose.yml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('SAYS: one', 'SAYS: two'));
  assert.match(itsup(['plan', 'hello']), /web +rollout +environment SAYS/);
  await itsupBeside(['deploy']);
  assert.equal(await body(), 'two');
});

swap();
const plan = itsup(['plan']);
assert.match(
  plan,
  new RegExp(`rollout +label itsup\\.rendered, rendered by itsup ${LATER}, before by ${FORMER}`),
);
await underLoad(() => itsupBeside(['deploy']));
assert.match(itsup(['plan']), /2 stacks without a change/);
assert.match(itsup(['history', 'hello']), new RegExp(`itsup ${LATER}`));

// The former version reads what the later one wrote as long as the state's format is the same, and then says what it
// is to render; of a later format it takes nothing.
const identity = join(process.env.ITSUP_STATE, 'workspace.json');
const text = readFileSync(identity, 'utf8');
assert.equal(JSON.parse(text).product, LATER);
writeFileSync(identity, JSON.stringify({ ...JSON.parse(text), version: 2 }));
swap();
const refused = spawnSync(bin(), ['deploy'], { cwd: server, encoding: 'utf8' });
assert.equal(refused.status, 1, refused.stdout + refused.stderr);
assert.match(
  refused.stdout + refused.stderr,
  new RegExp(`workspace\\.json was written by itsup ${LATER} in format 2, and this one reads 1 alone`),
);
writeFileSync(identity, text);
assert.match(itsup(['plan']), new RegExp(`rendered by itsup ${FORMER}, before by ${LATER}`));
say('deployed, rolled under load, updated, and the way back refused');
itsup(['down', 'hello', 'proxy']);

function bin() {
  return join(server, 'node_modules/.bin/itsup');
}

function itsup(args) {
  const { status, stdout, stderr } = spawnSync(bin(), args, { cwd: server, encoding: 'utf8' });
  assert.equal(status, 0, `itsup ${args.join(' ')}\n${stdout}\n${stderr}`);
  return stdout;
}

/** The same without standing in the way of what else this process does. */
function itsupBeside(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(bin(), args, { cwd: server, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (said += part));
    child.on('close', (code) =>
      code === 0 ? resolve(said) : reject(new Error(`itsup ${args}: ${code}\n${said}`)),
    );
  });
}

/** What `npm ci` does after the lock file changed: what is installed is the other version's. */
function swap() {
  for (const name of ['package.json', 'package-lock.json', 'node_modules']) {
    renameSync(join(server, name), join(server, `${name}.aside`));
    renameSync(join(later, name), join(server, name));
    renameSync(join(server, `${name}.aside`), join(later, name));
  }
}

async function underLoad(act) {
  const tally = { asked: 0, failed: [] };
  let goesOn = true;
  const worker = async () => {
    while (goesOn) {
      tally.asked += 1;
      await body().catch((error) => tally.failed.push(error.message));
      await sleep(20);
    }
  };
  const workers = [worker(), worker()];
  try {
    await act();
  } finally {
    goesOn = false;
    await Promise.all(workers);
  }
  assert.ok(tally.asked > 20, `only ${tally.asked} requests`);
  assert.deepEqual(tally.failed, [], `of ${tally.asked} requests`);
  say(`${tally.asked} requests meanwhile, none failed`);
}

/** What the project answers through the proxy. */
function body() {
  return new Promise((resolve, reject) => {
    const options = {
      ...{ host: '127.0.0.1', port: 8443, servername: 'hello.localhost', timeout: 10_000 },
      ...{ headers: { host: 'hello.localhost' }, rejectUnauthorized: false, agent: false },
    };
    const asked = request(options, (response) => {
      let text = '';
      response.on('data', (part) => (text += part));
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text.trim()) : reject(new Error(String(response.statusCode))),
      );
    });
    asked.on('timeout', () => asked.destroy(new Error('timeout')));
    asked.on('error', reject);
    asked.end();
  });
}
