export * from './model';
export * from './problem';
