// A place in the log of a partition: `<epoch>-<sequence>`. What the two numbers mean stands in log.ts.

export type LogPosition = { readonly epoch: number; readonly sequence: number }

/** The position before the first entry of a log. */
export const logStart: LogPosition = { epoch: 0, sequence: 0 }

export function comparePositions(left: LogPosition, right: LogPosition): number {
  return left.epoch - right.epoch || left.sequence - right.sequence
}

export function formatPosition(position: LogPosition): string {
  return `${position.epoch}-${position.sequence}`
}
