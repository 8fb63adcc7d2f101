/** How detectors err. The numbers come from `npm run -s eval -- detection-model --fit`, which says how each was measured. */

/** Noise that lasts: a part that dies away with a time constant, and the rest new in every frame. */
export interface LastingNoise {
  /** Share of the variance that lasts, 0 to 1. */
  readonly share: number;
  readonly seconds: number;
}

export interface DetectorParameters {
  readonly name: string;
  /** Boxes below are not reported, 0 to 1. */
  readonly lowestConfidence: number;
  /** Heights are pixels at this input, into which the picture is fitted: a far body is small to the network. */
  readonly inputWidth: number;
  readonly inputHeight: number;
  /**
   * Log-odds that somebody is found: `at50` for a body of 50 pixels in full view, and what is added per unit of ln(height / 50), where a height
   * above `upTo` pixels counts as that, and of the share hidden to the power of `hiddenPower`.
   */
  readonly found: {
    readonly at50: number;
    readonly perLogHeight: number;
    readonly upTo: number;
    readonly perHidden: number;
    readonly hiddenPower: number;
    readonly lasting: LastingNoise;
  };
  /** Log-odds of the confidence of who is found, in the same way; the share hidden as it is. */
  readonly confidence: {
    readonly at50: number;
    readonly perLogHeight: number;
    readonly perHidden: number;
    readonly sigma: number;
    readonly lasting: LastingNoise;
  };
  /** Standard deviations of the edges of a box, shares of its height. */
  readonly edges: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
    /** How alike left and right err, -1 to 1. */
    readonly sideways: number;
    /** They grow by this per share hidden by people, and the lower edge sinks towards who hides by so many heights. */
    readonly perHidden: number;
    readonly sinkPerHidden: number;
    readonly lasting: LastingNoise;
  };
  /** How often somebody who is missed behind another is in the other's box. */
  readonly mergedShare: number;
  /** Boxes around nobody, on the background. */
  readonly ghosts: {
    readonly perSecond: number;
    /** How long one stands. */
    readonly seconds: number;
    /** Share that comes at one of a few places again and again: a poster, a plant. */
    readonly atPlaces: number;
    readonly places: number;
    readonly logHeight: number;
    readonly logHeightSigma: number;
    /** Mean of the log-odds of the confidence above those of the lowest one. */
    readonly confidenceAbove: number;
  };
  /** Second boxes around a part of somebody found: how often in a frame. */
  readonly parts: { readonly share: number; readonly confidenceAbove: number };
}

/** YOLOX-Nano at 416 pixels, fitted on frames 1 to 400 of PETS 2009 S2.L1 view 1. */
export const YOLOX_NANO: DetectorParameters = {
  name: 'yolox-nano',
  lowestConfidence: 0.1,
  inputWidth: 416,
  inputHeight: 416,
  found: {
    at50: 4.52,
    perLogHeight: 1.67,
    upTo: 35,
    perHidden: -5.51,
    hiddenPower: 0.5,
    lasting: {
      share: 0.98,
      seconds: 5,
    },
  },
  confidence: {
    at50: 1.44,
    perLogHeight: 0.682,
    perHidden: -1.34,
    sigma: 0.336,
    lasting: {
      share: 0.825,
      seconds: 1.96,
    },
  },
  edges: {
    left: 0.0555,
    right: 0.0479,
    top: 0.0416,
    bottom: 0.0309,
    sideways: 0.402,
    perHidden: 1.08,
    sinkPerHidden: 0.17,
    lasting: {
      share: 0.828,
      seconds: 1.47,
    },
  },
  mergedShare: 0.825,
  ghosts: {
    perSecond: 2.68,
    seconds: 1.08,
    atPlaces: 0.725,
    places: 8,
    logHeight: 2.8,
    logHeightSigma: 0.424,
    confidenceAbove: 1.23,
  },
  parts: {
    share: 0.131,
    confidenceAbove: 1.19,
  },
};

/**
 * The same network at twice the input. A hall needs it: in a picture 1,280 pixels wide that is brought to 416, somebody 20 m from a wide-angle camera is
 * 15 pixels high. That it errs alike at the same height in pixels is assumed; and below 30
 * pixels, where no recording was at hand, the model of it is likely too good.
 */
export const YOLOX_NANO_832: DetectorParameters = {
  ...YOLOX_NANO,
  name: 'yolox-nano-832',
  inputWidth: 832,
  inputHeight: 832,
};

/** The project's own detector at its input of 576 x 448, fitted likewise. */
export const SAFE_PASSAGE_PERSON: DetectorParameters = {
  name: 'safe-passage-person',
  lowestConfidence: 0.1,
  inputWidth: 576,
  inputHeight: 448,
  found: {
    at50: 3.88,
    perLogHeight: 2.16,
    upTo: 35,
    perHidden: -4.63,
    hiddenPower: 0.5,
    lasting: {
      share: 0.966,
      seconds: 4.24,
    },
  },
  confidence: {
    at50: 1.58,
    perLogHeight: 1.11,
    perHidden: -1.5,
    sigma: 0.533,
    lasting: {
      share: 0.784,
      seconds: 2.01,
    },
  },
  edges: {
    left: 0.0557,
    right: 0.0468,
    top: 0.0471,
    bottom: 0.0363,
    sideways: 0.328,
    perHidden: 0.772,
    sinkPerHidden: 0.345,
    lasting: {
      share: 0.809,
      seconds: 1.41,
    },
  },
  mergedShare: 0.848,
  ghosts: {
    perSecond: 1.01,
    seconds: 1.39,
    atPlaces: 0.569,
    places: 8,
    logHeight: 3.83,
    logHeightSigma: 0.531,
    confidenceAbove: 1.61,
  },
  parts: {
    share: 0.117,
    confidenceAbove: 1.48,
  },
};

/** NanoDet-m at 416 pixels, fitted likewise. */
export const NANODET: DetectorParameters = {
  name: 'nanodet',
  lowestConfidence: 0.3,
  inputWidth: 416,
  inputHeight: 416,
  found: {
    at50: 3.29,
    perLogHeight: 1.58,
    upTo: 35,
    perHidden: -6.53,
    hiddenPower: 0.5,
    lasting: {
      share: 0.968,
      seconds: 5,
    },
  },
  confidence: {
    at50: 0.974,
    perLogHeight: 0.745,
    perHidden: -0.926,
    sigma: 0.316,
    lasting: {
      share: 0.894,
      seconds: 1.27,
    },
  },
  edges: {
    left: 0.056,
    right: 0.0476,
    top: 0.0379,
    bottom: 0.0283,
    sideways: 0.38,
    perHidden: 0.304,
    sinkPerHidden: 0.253,
    lasting: {
      share: 0.818,
      seconds: 1.17,
    },
  },
  mergedShare: 0.771,
  ghosts: {
    perSecond: 1.47,
    seconds: 0.599,
    atPlaces: 0.583,
    places: 8,
    logHeight: 2.89,
    logHeightSigma: 0.53,
    confidenceAbove: 0.519,
  },
  parts: {
    share: 0.0519,
    confidenceAbove: 0.629,
  },
};

/** Faster R-CNN as published for MOT15, fitted on ADL-Rundle-6 and TUD-Campus: cluttered views at eye level, harsher than a camera under the ceiling. */
export const FASTER_RCNN: DetectorParameters = {
  name: 'faster-rcnn',
  lowestConfidence: 0.5,
  inputWidth: 1000,
  inputHeight: 600,
  found: {
    at50: -0.109,
    perLogHeight: 1.64,
    upTo: 10000,
    perHidden: -3.09,
    hiddenPower: 2,
    lasting: { share: 0.918, seconds: 5 },
  },
  confidence: {
    at50: 2.27,
    perLogHeight: 1.94,
    perHidden: -1.42,
    sigma: 0.955,
    lasting: { share: 0.826, seconds: 0.655 },
  },
  edges: {
    left: 0.0498,
    right: 0.0498,
    top: 0.047,
    bottom: 0.048,
    sideways: 0.0125,
    perHidden: 0.851,
    sinkPerHidden: 0.0652,
    lasting: { share: 0.596, seconds: 0.423 },
  },
  mergedShare: 0.289,
  ghosts: {
    perSecond: 5.31,
    seconds: 0.257,
    atPlaces: 0.648,
    places: 8,
    logHeight: 4.87,
    logHeightSigma: 0.349,
    confidenceAbove: 2.45,
  },
  parts: { share: 0.0621, confidenceAbove: 1.97 },
};

/**
 * No network: finds whoever shows a quarter of themselves, draws boxes that are off by a hundredth of their height, and invents nobody. What is lost
 * before such cameras is lost to their views, not to a detector.
 */
export const IDEAL: DetectorParameters = {
  name: 'ideal',
  lowestConfidence: 0.1,
  inputWidth: 1280,
  inputHeight: 1280,
  found: {
    at50: 30,
    perLogHeight: 5,
    upTo: 35,
    perHidden: -40,
    hiddenPower: 1,
    lasting: { share: 0.98, seconds: 5 },
  },
  confidence: {
    at50: 3,
    perLogHeight: 0,
    perHidden: -1,
    sigma: 0.1,
    lasting: { share: 0.8, seconds: 2 },
  },
  edges: {
    left: 0.01,
    right: 0.01,
    top: 0.01,
    bottom: 0.01,
    sideways: 0,
    perHidden: 0.5,
    sinkPerHidden: 0,
    lasting: { share: 0.8, seconds: 1.5 },
  },
  mergedShare: 0,
  ghosts: {
    perSecond: 0,
    seconds: 1,
    atPlaces: 0,
    places: 0,
    logHeight: 3,
    logHeightSigma: 0.5,
    confidenceAbove: 1,
  },
  parts: { share: 0, confidenceAbove: 1 },
};

/** What simulated cameras may be given, the first unless something else is asked for. */
const CAMERA_DETECTORS: readonly DetectorParameters[] = [YOLOX_NANO_832, SAFE_PASSAGE_PERSON, NANODET, IDEAL];
export const DETECTOR_NAMES: readonly string[] = CAMERA_DETECTORS.map(({ name }) => name);
export const DEFAULT_DETECTOR = YOLOX_NANO_832.name;

export const detectorNamed = (name: string): DetectorParameters | undefined =>
  CAMERA_DETECTORS.find((one) => one.name === name);
