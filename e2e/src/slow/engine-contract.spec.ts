import { createServer, type AddressInfo } from 'node:net';

import { createDocker, type ComposeService } from '@itsup/docker';
import { engineContract } from '@itsup/docker/testing/contract/engine-contract';

import { describeWithImages } from '../harness/engine/describe-with';
import { BUSYBOX, COREDNS } from '../harness/engine/images';

const COMMANDS = {
  healthy: "trap 'exit 143' TERM; while :; do sleep 0.1; done",
  unhealthy: 'while :; do sleep 0.1; done',
  exits: 'sleep 1; exit 1',
  finishes: 'sleep 1',
};

describeWithImages([BUSYBOX, COREDNS], 'the engine, as simulations are held to it', () => {
  engineContract(async () => ({
    docker: createDocker({ env: process.env }),
    prefix: `contract-${process.pid}-`,
    service: (behaviour, checked = false): ComposeService => ({
      image: BUSYBOX,
      command: ['sh', '-c', COMMANDS[behaviour]],
      stop_grace_period: '2s',
      ...(checked && {
        healthcheck: {
          test: ['CMD', behaviour === 'healthy' ? 'true' : 'false'],
          interval: '1s',
          timeout: '1s',
          retries: 1,
        },
      }),
    }),
    images: [BUSYBOX, COREDNS],
    port: await freePort(),
  }));
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
