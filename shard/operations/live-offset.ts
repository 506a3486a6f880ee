// Where a live stream stands within the life of one process, as text in a position behind the epoch.
//
//   1042           the first 1,042 tweets that arrived here were pushed, or shown on a page
//   1042!1040,997  all of them but the 1,040th and the 997th, which are on their way to very many
//
// Clients hand it back as it is; who compares two offsets needs the number in front alone.

/** More tweets that are missing do not go into a position: what is resumed then begins before them. */
export const missingMax = 24

export type LiveOffset = {
  /** How many tweets had arrived. */
  readonly arrivals: number
  /** Which of them were not pushed yet, as places in the order of arrival. */
  readonly missing: readonly number[]
}

export function formatOffset({ arrivals, missing }: LiveOffset): string {
  if (missing.length === 0) return String(arrivals)
  if (missing.length > missingMax) return String(Math.min(...missing) - 1)
  return `${arrivals}!${missing.join(',')}`
}

/** Takes an offset apart that `positionField` has let through. */
export function parseOffset(text: string): LiveOffset {
  const [arrivals = '', missing] = text.split('!')
  return { arrivals: Number(arrivals), missing: missing?.split(',').map(Number) ?? [] }
}
