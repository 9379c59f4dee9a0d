import type { ComposeModel, ComposeMount } from '@itsup/docker';

import { dataFiles } from './own-files';

const file = (source: string, change: Partial<ComposeMount> = {}): ComposeMount => ({
  type: 'bind',
  source,
  target: '/x',
  ...change,
});

const model = (...volumes: ComposeMount[]): ComposeModel => ({
  name: 'shop',
  services: { web: { volumes } },
});

const NOT_MOVED = { relocation: null };

describe('dataFiles', () => {
  const both = model(file('/w/app.db'), file('/w/app.conf'), file('/w/fixed.conf', { read_only: true }));

  it('are those that a container may write and git does not have', async () => {
    const tracked = async (): Promise<ReadonlySet<string>> => new Set(['/w/app.conf']);
    expect([...(await dataFiles(both, { ...NOT_MOVED, tracked }))]).toEqual(['/w/app.db']);
  });

  it('are all that a container may write where there is no git', async () => {
    expect([...(await dataFiles(both, NOT_MOVED))]).toEqual(['/w/app.db', '/w/app.conf']);
  });

  it('does not ask git where no container may write a file', async () => {
    const tracked = jest.fn();
    await dataFiles(model(file('/w/fixed.conf', { read_only: true })), { ...NOT_MOVED, tracked });
    expect(tracked).not.toHaveBeenCalled();
  });

  it('asks for the file of the checkout where the model names the recorded one', async () => {
    const tracked = async (): Promise<ReadonlySet<string>> => new Set([__filename]);
    const relocation = { from: __dirname, to: '/recorded' };
    const moved = model(file('/recorded/own-files.spec.ts'), file('/recorded/other.db'));
    expect([...(await dataFiles(moved, { relocation, tracked }))]).toEqual(['/recorded/other.db']);
  });
});
