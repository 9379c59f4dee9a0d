import { stateFolder } from './state-folder';

describe('stateFolder', () => {
  it.each([
    ['root', { env: {}, root: true, home: '/root' }, '/var/lib/itsup'],
    ['a user', { env: {}, root: false, home: '/home/ann' }, '/home/ann/.local/state/itsup'],
    ['XDG', { env: { XDG_STATE_HOME: '/s' }, root: false, home: '/home/ann' }, '/s/itsup'],
    ['ITSUP_STATE', { env: { ITSUP_STATE: '/srv/itsup' }, root: true, home: '/root' }, '/srv/itsup'],
    ['an empty ITSUP_STATE', { env: { ITSUP_STATE: '' }, root: true, home: '/root' }, '/var/lib/itsup'],
  ])('follows %s', (_, facts, folder) => {
    expect(stateFolder(facts)).toBe(folder);
  });
});
