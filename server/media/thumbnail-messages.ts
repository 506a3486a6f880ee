// What a gateway and its thumbnail process say to each other.

/** Make a thumbnail of the photo at `from`, at `to`. Answered with a `ThumbnailMade` of the same number. */
export type MakeThumbnail = {
  readonly type: 'make'
  readonly number: number
  readonly from: string
  readonly to: string
}

export type ThumbnailMade = {
  readonly type: 'made'
  readonly number: number
  /** Undefined where there is none; `reason` says why. */
  readonly bytes?: number
  readonly reason?: string
}

export function isMakeThumbnail(message: unknown): message is MakeThumbnail {
  return isOfType(message, 'make')
}

export function isThumbnailMade(message: unknown): message is ThumbnailMade {
  return isOfType(message, 'made')
}

function isOfType(message: unknown, type: string): boolean {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === type
  )
}
