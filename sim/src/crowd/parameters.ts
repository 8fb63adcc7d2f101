/**
 * What the pedestrian model is made of, and where each number comes from. The numbers marked *fitted* were adjusted to real
 * walkers by `sim -- validate`; docs/simulation.md shows how close they come.
 *
 * - Moussaïd, Helbing, Garnier, Johansson, Combe, Theraulaz: "Experimental study of the behavioural mechanisms underlying
 *   self-organization in human crowds", Proc. R. Soc. B 276 (2009): how two who meet avoid each other.
 * - Moussaïd, Perozo, Garnier, Helbing, Theraulaz: "The walking behaviour of pedestrian social groups and its impact on
 *   crowd dynamics", PLoS ONE 5 (2010): how members of a company keep together.
 * - Zanlungo, Ikeda, Kanda: "Potential for the dynamics of pedestrians in a socially interacting group", Phys. Rev. E 89
 *   (2014): members prefer to be abreast, at a distance of conversation.
 * - Tordeux, Chraibi, Seyfried: "Collision-free speed model for pedestrian dynamics", Traffic and Granular Flow '15 (2016):
 *   nobody walks faster than the gap to the body in front allows.
 */
export const WALKING = {
  /** Relaxation towards the wanted velocity, seconds (Moussaïd 2009: 0.54). */
  relaxationSeconds: 0.54,
  /** Coming to a halt is quicker. */
  haltSeconds: 0.3,
  /** Strength of an avoidance, m/s² (Moussaïd 2009: 4.5). */
  avoidance: 4.5,
  /** Weight of the relative velocity in the direction of interaction (Moussaïd 2009: 2). */
  relativeVelocityWeight: 2,
  /** Range of the interaction per relative speed, seconds (Moussaïd 2009: 0.35). */
  rangeSeconds: 0.35,
  /** Angular widths of swerving and of slowing down (Moussaïd 2009: 2 and 3). */
  swerveWidth: 2,
  slowWidth: 3,
  /** Share of the slowing down that is left, since the gap to the body in front slows down as well (*fitted*). */
  slowShare: 0.35,
  /** Sum of what others cause, m/s²: nobody wrenches themselves aside. */
  avoidanceLimit: 3,
  /** A wall repels by `a exp(-d/b)`, d from the body's edge (Moussaïd 2009: 3 m/s², 0.1 m). */
  wallRepulsion: 3,
  wallRangeMetres: 0.1,
  /** Time gap kept to the body in front, seconds (Tordeux 2016: about 1; *fitted*). */
  timeGapSeconds: 0.33,
  /** Sideways sway of an undisturbed walker: standard deviation of the acceleration, m/s² (*fitted*). */
  sway: 0.55,
  swaySeconds: 1.5,
  /** Nobody is faster than this times the wanted speed. */
  fastest: 1.3,
  /** Metres per second: faster than anybody walks in a terminal. Wanted speeds are cut to it. */
  speedLimit: 3,
} as const;

export const COMPANY = {
  /** Distance of neighbours in a company, metres (Zanlungo 2014: 0.75; *fitted*). */
  distanceMetres: 0.86,
  /** Companies differ: log-normal, of that distance (*fitted*). */
  distanceSpread: 0.17,
  /** ... and in how far one of them keeps behind the line abreast, radians, normal (*fitted*). */
  lagSigma: 0.24,
  /** Threes and more: that many times (*fitted*). */
  lagInMany: 2,
  /** Pull to that distance, 1/s². */
  pull: 2.2,
  /** Pull to be abreast, m/s² per radian (*fitted*). */
  abreast: 0.5,
  /** Beyond this from the middle of the company, times (members - 1), one hurries or waits (Moussaïd 2010: 0.5). */
  spreadMetres: 0.5,
  /** Who is further away, and 0.5 m more for each member, is not walked with just now. */
  reachMetres: 7,
} as const;

/** A body that makes no way for this long begins to turn its shoulder, and is as narrow as it gets at the second. */
export const SQUEEZE = { fromSeconds: 1, toSeconds: 3, narrowest: 0.62 } as const;
