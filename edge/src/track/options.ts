import type { MotionOptions } from './boxFilter.ts';

/** What a detector's confidences mean to the tracker, each from 0 to 1. They differ from detector to detector. */
export interface ConfidenceLevels {
  /** Detections below this are not looked at; those up to `highConfidence` only continue a track (ByteTrack's second pass). */
  readonly lowConfidence: number;
  /** Detections from here on take part in the first pass. */
  readonly highConfidence: number;
  /** A detection from here on may begin a track. */
  readonly birthConfidence: number;
}

/** How the tracker associates and how long a track lives. Times in seconds, sizes as shares of a box. */
export interface TrackerOptions extends ConfidenceLevels {
  readonly motion: MotionOptions;
  /** How much a weak detection is mistrusted: its standard deviation grows by this times (1 - confidence). */
  readonly mistrust: number;
  /**
   * Standard deviation of a measured foot point as it is published, share of the box height; a detection of confidence c
   * gets (2 - c) times that. The filter's own `footNoise` is larger, because consecutive errors of a detector resemble
   * each other, which a Kalman filter does not expect.
   */
  readonly footSigma: number;
  /** How much boxes of different vertical extent are held apart: the exponent of the extents' own overlap. */
  readonly heightPower: number;
  /** Smallest similarity that associates, 0 to 1: in the first pass, with low confidences, in the last attempt. */
  readonly firstSimilarity: number;
  readonly lowSimilarity: number;
  readonly lastSimilarity: number;
  /** How far the last attempt widens a box on each side, share of its width and height (C-BIoU's buffer). */
  readonly buffer: number;
  /** How much wider that becomes per second between two frames: people get further where frames are rare. */
  readonly bufferPerSecond: number;
  readonly bufferLimit: number;
  /** A track becomes active when it was seen for so long and so often. */
  readonly confirmSeconds: number;
  readonly confirmSightings: number;
  /** A tentative track that is not seen for longer ends. */
  readonly tentativeLostSeconds: number;
  /** An active track that is not seen for longer ends: seconds, and this share of the time for which it was seen; `lostSeconds` at most. */
  readonly patienceSeconds: number;
  readonly patienceShare: number;
  readonly lostSeconds: number;
  /** No track begins in a box that overlaps one of a track more than this, 0 to 1. */
  readonly duplicateOverlap: number;
}

/**
 * The levels of ByteTrack's paper for detectors of the YOLOX family (their score is objectness times class), and levels
 * fitted for Faster R-CNN, whose softmax is sure of most of what it finds and which is published cut off at 0.5.
 */
export const CONFIDENCE_LEVELS: { readonly yolox: ConfidenceLevels; readonly fasterRcnn: ConfidenceLevels } = {
  yolox: { lowConfidence: 0.1, highConfidence: 0.5, birthConfidence: 0.6 },
  fasterRcnn: { lowConfidence: 0.1, highConfidence: 0.8, birthConfidence: 0.9 },
};

/**
 * Fitted on four MOT15 sequences by coordinate descent on HOTA, MOTA and IDF1, and tested on four others: `npm run -s eval
 * -- mot` prints both. `lostSeconds` is not fitted: somebody who stands at a counter is often hidden for two
 * seconds and must stay the same somebody.
 */
export const DEFAULT_TRACKER_OPTIONS: TrackerOptions = {
  ...CONFIDENCE_LEVELS.yolox,
  motion: {
    footNoise: 0.07,
    sizeNoise: 0.03,
    acceleration: 0.7,
    sizeAcceleration: 0.2,
    startSpeed: 1,
    velocityFadeSeconds: 2,
    sizeFadeSeconds: 0.5,
  },
  mistrust: 4,
  footSigma: 0.04,
  heightPower: 2,
  firstSimilarity: 0.15,
  lowSimilarity: 0.1,
  lastSimilarity: 0.2,
  buffer: 0.1,
  bufferPerSecond: 0.5,
  bufferLimit: 0.6,
  confirmSeconds: 0.2,
  confirmSightings: 3,
  tentativeLostSeconds: 0.2,
  patienceSeconds: 0.5,
  patienceShare: 0.5,
  lostSeconds: 2.5,
  duplicateOverlap: 0.8,
};
