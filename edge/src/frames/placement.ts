/** How a picture of any size is brought to the size that a model wants. */
export interface FrameTarget {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** 'letterbox' keeps the aspect ratio and leaves a border; 'stretch' fills the target. */
  readonly resize: 'letterbox' | 'stretch';
  /** Where a letterboxed picture lies. */
  readonly position: 'top-left' | 'centre';
  /** Order of the bytes of a pixel. */
  readonly channelOrder: 'BGR' | 'RGB';
}

/** Where the scaled picture lies in the target, pixels of the target. */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Places a source picture in the target. The scaled picture is at least one pixel wide and high. */
export function placePicture(
  target: Pick<FrameTarget, 'width' | 'height' | 'resize' | 'position'>,
  sourceWidth: number,
  sourceHeight: number,
): Placement {
  if (target.resize === 'stretch') return { left: 0, top: 0, width: target.width, height: target.height };
  const ratio = Math.min(target.width / sourceWidth, target.height / sourceHeight);
  const width = Math.min(target.width, Math.max(1, Math.round(sourceWidth * ratio)));
  const height = Math.min(target.height, Math.max(1, Math.round(sourceHeight * ratio)));
  if (target.position === 'top-left') return { left: 0, top: 0, width, height };
  return { left: Math.floor((target.width - width) / 2), top: Math.floor((target.height - height) / 2), width, height };
}
