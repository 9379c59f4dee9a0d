export * from './context';
export * from './dynamic';
export * from './engine';
export * from './journal';
export * from './relay';
export * from './request';
export * from './steps';
