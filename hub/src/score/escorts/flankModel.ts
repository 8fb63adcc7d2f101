// biome-ignore-all lint/suspicious/noApproximativeNumericConstant: fitted numbers come near such constants by chance.
/**
 * Written by `npm run -s eval -- escort --fit flanking`: fitted to staged movements of the three plans, seeds 41 to 80. Not to be edited: what a
 * measure is and in which direction it may count is said in flankMeasures.ts, how it is fitted in eval/src/escort/fit.ts.
 */
import type { FittedModel } from './additive.ts';

// biome-ignore format: written by a command, as many numbers to a line as fit.
export const FLANK_MODEL: FittedModel = {
  least: 1.126,
  always: -2.818,
  shapes: {
    side: {
      edges: [
        0.818,
      ],
      nats: [
        -0.704, 0.108,
      ],
    },
    betweenShare: {
      edges: [
        0.156, 0.2, 0.238, 0.281,
      ],
      nats: [
        -1.502, -0.527, -0.424, 0.058, 0.122,
      ],
    },
    enclosedShare: {
      edges: [
        0.267, 0.441, 0.486, 0.556, 0.609,
      ],
      nats: [
        -1.056, -0.842, -0.524, -0.24, 0.097, 0.323,
      ],
    },
    asideDeviation: {
      edges: [
        0.211,
      ],
      nats: [
        0.002, -0.026,
      ],
    },
    between: {
      edges: [
        1.792, 2.197, 2.303, 2.485, 2.708, 2.996, 3.367, 3.912,
      ],
      nats: [
        -0.928, -0.637, -0.045, 0.108, 0.377, 0.849, 1.121, 1.153, 1.795,
      ],
    },
    near: {
      edges: [
        2.708, 2.996, 3.219, 3.912, 4.263, 5.278, 5.553,
      ],
      nats: [
        -0.689, -0.17, -0.108, 0.011, 0.086, 0.169, 0.496, 0.691,
      ],
    },
    aheadMost: {
      edges: [
        -0.086, -0.08, -0.062, -0.041, -0.013, 0.026, 0.051, 0.092, 0.106, 0.156, 0.296, 0.394,
      ],
      nats: [
        1.254, 1.178, 1.137, 0.93, 0.794, 0.204, -0.023, -0.229, -0.768, -1.364, -1.593, -2.583, -2.942,
      ],
    },
    aheadLeast: {
      edges: [
        -0.147, -0.112, -0.082, -0.063,
      ],
      nats: [
        0.29, 0.082, -0.522, -0.61, -1.096,
      ],
    },
    aheadDeviation: {
      edges: [
        
      ],
      nats: [
        0,
      ],
    },
    reaction: {
      edges: [
        0.042, 0.162,
      ],
      nats: [
        -0.295, 0.059, 0.705,
      ],
    },
    later: {
      edges: [
        -0.044, 0.015, 0.036, 0.042, 0.135,
      ],
      nats: [
        -0.884, -0.532, -0.267, -0.002, 0.179, 1.223,
      ],
    },
    laterMost: {
      edges: [
        0.075, 0.091, 0.111, 0.136, 0.169, 0.236, 0.264,
      ],
      nats: [
        -0.876, -0.49, -0.188, 0.208, 0.238, 0.317, 0.644, 0.858,
      ],
    },
    velocityLag: {
      edges: [
        -1.2, -0.8, -0.6, -0.4, -0.2, 0.2, 0.6, 0.8, 1,
      ],
      nats: [
        -1.853, -1.612, -0.62, -0.546, -0.331, 0.138, 0.832, 0.43, 0.101, -1.066,
      ],
    },
    velocityGain: {
      edges: [
        0.004, 0.007, 0.008, 0.01, 0.013,
      ],
      nats: [
        -0.483, -0.464, -0.44, -0.305, 0.12, 0.435,
      ],
    },
    second: {
      edges: [
        0.01, 0.79, 1, 1.79, 1.886,
      ],
      nats: [
        -0.088, -0.043, 0.01, 0.066, 0.237, 0.263,
      ],
    },
    first: {
      edges: [
        2.743, 3.47,
      ],
      nats: [
        0.034, -0.179, -0.395,
      ],
    },
    atOnce: {
      edges: [
        
      ],
      nats: [
        0,
      ],
    },
    lingered: {
      edges: [
        0.05, 0.076, 0.338, 0.575, 0.684, 0.787, 0.794, 0.907, 1.128, 1.901, 2.025,
      ],
      nats: [
        -1.923, -1.156, -0.85, -0.491, -0.401, -0.305, -0.151, -0.01, 0.074, 0.719, 0.956, 1.482,
      ],
    },
    ledBefore: {
      edges: [
        3.669, 6.809,
      ],
      nats: [
        -1.324, 5.358, 7.089,
      ],
    },
    others: {
      edges: [
        0.438, 0.803, 0.878, 1.344, 1.566, 1.925, 1.963, 2.364, 3.067, 3.711, 5.09,
      ],
      nats: [
        0.923, 1.38, 1.052, 0.766, 0.402, -0.081, -0.29, -0.453, -0.909, -1.203, -1.887, -2.316,
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
