export * from './audit.ts';
export * from './clock.ts';
export * from './counts.ts';
export * from './device.ts';
export * from './floorPlan.ts';
export * from './reports.ts';
export * from './topics.ts';
export * from './validate.ts';
