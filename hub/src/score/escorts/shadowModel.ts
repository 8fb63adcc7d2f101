// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: fitted numbers come near such constants by chance.
/**
 * Written by `npm run -s eval -- escort --fit shadowing`: fitted to staged movements of the three plans, seeds 41 to 80. Not to be edited: what a
 * measure is and in which direction it may count is said in shadowMeasures.ts, how it is fitted in eval/src/escort/fit.ts.
 */
import type { FittedModel } from './additive.ts';

// biome-ignore format: written by a command, as many numbers to a line as fit.
export const SHADOW_MODEL: FittedModel = {
  least: 0.68,
  always: -4.986,
  shapes: {
    starts: {
      edges: [
        1, 2, 3,
      ],
      nats: [
        -1.959, -0.707, 0.076, 1.341,
      ],
    },
    stops: {
      edges: [
        
      ],
      nats: [
        0,
      ],
    },
    prompt: {
      edges: [
        -0.156, 0.037, 0.303, 0.899, 1.231, 3.339,
      ],
      nats: [
        -3.263, -2.919, -2.422, -1.93, -1.574, -0.634, 4.709,
      ],
    },
    delay: {
      edges: [
        0.233, 0.499, 0.645, 0.7, 0.738, 0.825, 0.924, 1.108, 1.277, 2.281,
      ],
      nats: [
        -4.815, -1.955, -1.377, -0.831, -0.582, -0.472, -0.182, 0.613, 0.679, 1.1, 1.051,
      ],
    },
    missedStarts: {
      edges: [
        2,
      ],
      nats: [
        0.026, -0.86,
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
        -0.443, 0.048,
      ],
    },
    ownShare: {
      edges: [
        
      ],
      nats: [
        0,
      ],
    },
    onTrail: {
      edges: [
        0.693, 2.079, 2.833, 2.996, 3.178, 3.367, 3.555, 3.989,
      ],
      nats: [
        -1.796, -0.427, -0.216, 0.649, 1.19, 1.826, 2.278, 2.428, 3.015,
      ],
    },
    trailRatio: {
      edges: [
        -2.918, -0.916, -0.091, 1.322,
      ],
      nats: [
        -0.697, -0.534, 0.482, 0.59, 0.96,
      ],
    },
    behindSpread: {
      edges: [
        5.626,
      ],
      nats: [
        0.034, -1.428,
      ],
    },
    atDistance: {
      edges: [
        0.69, 0.824,
      ],
      nats: [
        -1.183, -0.277, 0.118,
      ],
    },
    distance: {
      edges: [
        10.381, 11.56, 13.446, 14.127, 14.884, 15.905, 17.631, 18.642,
      ],
      nats: [
        1.149, 0.895, 0.758, 0.571, -0.244, -0.61, -0.876, -1.781, -2.551,
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
        3.611, 3.689, 4.511, 4.787, 5.209, 5.308, 5.421,
      ],
      nats: [
        -0.376, -0.108, 0.045, 0.363, 0.424, 0.311, -0.058, -0.509,
      ],
    },
    stood: {
      edges: [
        2.398, 2.944, 3.135, 3.332, 3.466,
      ],
      nats: [
        -0.707, -0.601, 0.25, 0.294, 0.373, 0.445,
      ],
    },
    walkedOn: {
      edges: [
        0.693, 1.609, 2.303, 2.639, 2.708, 2.89, 3.219,
      ],
      nats: [
        1.324, 0.535, -0.351, -0.534, -0.829, -1.033, -1.413, -3.706,
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
        0.475, 0.618,
      ],
      nats: [
        -0.317, -0.001, 0.249,
      ],
    },
    forcedShare: {
      edges: [
        0.029, 0.135, 0.141, 0.222, 0.25, 0.385, 0.55, 0.863,
      ],
      nats: [
        -1.073, 0.25, 0.361, 0.434, 0.662, 0.774, 1.081, 1.436, 1.515,
      ],
    },
    others: {
      edges: [
        0.127, 0.373, 0.583, 0.874, 1.023, 1.102, 1.229, 1.507, 1.667, 1.84, 2.422, 2.701, 2.979,
      ],
      nats: [
        4.481, 2.997, 2.813, 2.265, 1.656, 1.106, 0.874, -0.041, -0.281, -0.454, -1.284, -1.459, -2.671, -4.01,
      ],
    },
  },
  together: {
    depth: 1,
    asked: [
    ],
    asks: [
    ],
    edges: [
    ],
    nats: [
    ],
  },
};
