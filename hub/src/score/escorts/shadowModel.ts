// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: fitted numbers come near such constants by chance.
/**
 * Written by `npm run -s eval -- escort --fit shadowing`: fitted to staged movements of the three plans, seeds 41 to 80. Not to be edited: what a
 * measure is and in which direction it may count is said in shadowMeasures.ts, how it is fitted in eval/src/escort/fit.ts.
 */
import type { FittedModel } from './additive.ts';

// biome-ignore format: written by a command, as many numbers to a line as fit.
export const SHADOW_MODEL: FittedModel = {
  least: -0.209,
  always: -4.839,
  shapes: {
    starts: {
      edges: [
        1, 2, 3,
      ],
      nats: [
        -2.502, -0.878, 0.533, 1.497,
      ],
    },
    stops: {
      edges: [
        1,
      ],
      nats: [
        -0.904, 0.075,
      ],
    },
    prompt: {
      edges: [
        -0.156, 0.037, 0.303, 0.701, 0.899, 1.231, 3.339,
      ],
      nats: [
        -2.923, -2.725, -2.441, -1.94, -1.767, -1.712, -0.677, 4.511,
      ],
    },
    delay: {
      edges: [
        0.233, 0.499, 0.57, 0.645, 0.7, 0.924, 1.039, 1.277, 2.281,
      ],
      nats: [
        -3.663, -1.614, -1.087, -0.974, -0.823, -0.447, 0.489, 0.69, 1.009, 0.725,
      ],
    },
    missedStarts: {
      edges: [
        1, 2,
      ],
      nats: [
        0.055, -0.147, -1.077,
      ],
    },
    missedStops: {
      edges: [
        
      ],
      nats: [
        0,
      ],
    },
    own: {
      edges: [
        
      ],
      nats: [
        0,
      ],
    },
    answeredShare: {
      edges: [
        0.75,
      ],
      nats: [
        -0.324, 0.033,
      ],
    },
    onTrail: {
      edges: [
        0.693, 1.386, 2.079, 2.833, 2.996, 3.178, 3.367, 3.555, 3.784, 3.989,
      ],
      nats: [
        -2.1, -0.299, -0.199, -0.143, 0.926, 1.526, 1.848, 2.218, 2.672, 2.865, 3.544,
      ],
    },
    trailRatio: {
      edges: [
        -0.916, -0.288, -0.091,
      ],
      nats: [
        -0.181, 0.034, 0.233, 0.278,
      ],
    },
    behindSpread: {
      edges: [
        5.626,
      ],
      nats: [
        0.023, -1.003,
      ],
    },
    atDistance: {
      edges: [
        0.69, 0.76, 0.813, 0.884, 0.922,
      ],
      nats: [
        -2.208, -0.565, -0.449, 0.065, 0.162, 0.19,
      ],
    },
    distance: {
      edges: [
        10.174, 11.56, 11.977, 12.442, 12.93, 13.446, 13.516, 14.127, 14.564, 14.884, 15.905, 17.631, 18.642,
      ],
      nats: [
        1.28, 1.22, 0.825, 0.734, 0.604, 0.526, 0.413, 0.049, -0.265, -0.457, -0.796, -1.108, -1.831, -2.615,
      ],
    },
    distanceDeviation: {
      edges: [
        
      ],
      nats: [
        0,
      ],
    },
    seconds: {
      edges: [
        3.611, 3.689, 4.511, 5.209, 5.421,
      ],
      nats: [
        -0.25, -0.202, -0.077, 0.398, 0.08, -0.692,
      ],
    },
    stood: {
      edges: [
        2.398, 2.944, 3.135, 3.332, 3.466,
      ],
      nats: [
        -1.138, -0.864, -0.104, 0.378, 0.57, 0.752,
      ],
    },
    walkedOn: {
      edges: [
        0.693, 1.099, 1.609, 1.946, 2.303, 2.639, 2.708, 2.89, 3.219,
      ],
      nats: [
        2.1, 0.9, 0.585, -0.717, -1.082, -1.18, -1.623, -1.993, -2.356, -4.191,
      ],
    },
    stoodOn: {
      edges: [
        
      ],
      nats: [
        0,
      ],
    },
    stoodShare: {
      edges: [
        0.373, 0.475, 0.618, 0.654, 0.676,
      ],
      nats: [
        -1.549, -0.823, -0.484, 0.468, 0.817, 1.095,
      ],
    },
    forcedShare: {
      edges: [
        0.029, 0.222, 0.55, 0.714, 0.863,
      ],
      nats: [
        -0.96, 0.403, 0.655, 1.118, 1.274, 1.635,
      ],
    },
  },
};
