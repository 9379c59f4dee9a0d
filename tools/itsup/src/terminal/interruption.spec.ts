import { INTERRUPTED, interruption, type Interruption } from './interruption';

describe('an interrupt', () => {
  let exit: jest.SpyInstance;
  let current: Interruption;

  beforeEach(() => {
    jest.useFakeTimers();
    exit = jest.spyOn(process, 'exit').mockImplementation(() => undefined as never);
    current = interruption();
  });
  afterEach(() => {
    current.release();
    exit.mockRestore();
    jest.useRealTimers();
  });

  it('aborts what is running, and ends the process only when that takes too long', () => {
    process.emit('SIGINT');
    expect(current.signal.aborted).toBe(true);
    jest.advanceTimersByTime(3_900);
    expect(exit).not.toHaveBeenCalled();
    jest.advanceTimersByTime(200);
    expect(exit).toHaveBeenCalledWith(INTERRUPTED);
  });

  it('is one when the terminal and Nx both tell of it', () => {
    process.emit('SIGINT');
    jest.advanceTimersByTime(100);
    process.emit('SIGTERM');
    expect(exit).not.toHaveBeenCalled();
  });

  it('ends the process when it comes a second time', () => {
    process.emit('SIGINT');
    jest.advanceTimersByTime(1_500);
    process.emit('SIGINT');
    expect(exit).toHaveBeenCalledWith(INTERRUPTED);
  });

  it('is not its business any more once it is released', () => {
    current.release();
    process.once('SIGINT', () => undefined);
    process.emit('SIGINT');
    expect(current.signal.aborted).toBe(false);
  });
});
