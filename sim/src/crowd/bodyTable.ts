/** What is known of every body, by slot, in columns. */
export class BodyTable {
  readonly capacity: number;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly vx: Float64Array;
  readonly vy: Float64Array;
  readonly heading: Float64Array;
  readonly alive: Uint8Array;
  readonly held: Uint8Array;
  readonly radius: Float64Array;
  readonly preferredSpeed: Float64Array;
  /** Unit vector, where to. */
  readonly wantX: Float64Array;
  readonly wantY: Float64Array;
  /** 0: stands. */
  readonly wantSpeed: Float64Array;
  /** What the company makes of it: m/s, and m/s² sideways and along. */
  readonly paceSpeed: Float64Array;
  readonly companyX: Float64Array;
  readonly companyY: Float64Array;
  /** Row in the table of companies; -1: alone. */
  readonly company: Int32Array;
  /** How long there was no way forward, seconds. */
  readonly blockedSeconds: Float64Array;
  readonly sway: Float64Array;

  constructor(capacity: number) {
    this.capacity = capacity;
    const column = () => new Float64Array(capacity);
    this.x = column();
    this.y = column();
    this.vx = column();
    this.vy = column();
    this.heading = column();
    this.alive = new Uint8Array(capacity);
    this.held = new Uint8Array(capacity);
    this.radius = column();
    this.preferredSpeed = column();
    this.wantX = column();
    this.wantY = column();
    this.wantSpeed = column();
    this.paceSpeed = column();
    this.companyX = column();
    this.companyY = column();
    this.company = new Int32Array(capacity).fill(-1);
    this.blockedSeconds = column();
    this.sway = column();
  }
}
