import { DescriptorRoom, openFilesLimit, placesWithin } from './descriptor-room';

describe('DescriptorRoom', () => {
  it('has room again when somebody left', () => {
    const room = new DescriptorRoom(2);
    expect([room.take(), room.take(), room.take()]).toEqual([true, true, false]);
    room.leave();
    room.leave();
    expect(room.take()).toBe(true);
  });

  it('is one for the whole process', async () => {
    expect(await DescriptorRoom.ofProcess()).toBe(await DescriptorRoom.ofProcess());
  });
});

it('reads how many files a process may open, and keeps some for everything else', () => {
  const limits = [
    'Limit                     Soft Limit           Hard Limit           Units     ',
    'Max open files            4096                 4096                 files     ',
    'Max locked memory         8388608              8388608              bytes     ',
  ].join('\n');
  expect(openFilesLimit(limits)).toBe(4096);
  expect(openFilesLimit('')).toBe(Infinity);
  expect(placesWithin(4096, 40)).toBe(1900);
  expect(placesWithin(256, 40)).toBe(1);
});
