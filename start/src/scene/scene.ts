/** What a start shows: a floor and the cameras on it. */
import type { DeviceAddress, FloorPlan } from '@safe-passage/contract';

export interface Agent {
  readonly address: DeviceAddress;
  readonly camera: string;
  /** `edge.yaml` without broker and outbox, which every agent has, and without the plan where it is that of the hub. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What to say where its source comes to an end; absent where it has none. */
  readonly finished?: string;
}

/** A process that the agents read from, and that runs before them. */
export interface Feeder {
  /** As a person calls it. */
  readonly name: string;
  readonly args: readonly string[];
  /** Sockets that are there once it can be read from. */
  readonly sockets: readonly string[];
}

export interface Scene {
  readonly site: string;
  /** Each kind of scene has a database of its own: alerts of one mean nothing on the floor of another. */
  readonly database: string;
  readonly plan: FloorPlan;
  readonly agents: readonly Agent[];
  /** Absent where the agents find people by themselves. */
  readonly feeder?: Feeder;
  /** Removes what the scene has put outside of the data folder. */
  readonly close?: () => Promise<void>;
  /** What a person should know before they look, one line each. */
  readonly remarks: readonly string[];
}
