// What ending-threads.ts tells of the threads that it has ended: a line on stderr, and the way back.

/** Of one process, or of several together. */
export type ThreadEnds = {
  /** Threads that were ended. */
  readonly ended: number
  /** Tasks that the shard had to see done again. */
  readonly tasksLost: number
  /**
   * Rings that a repeated task found to have the tweet already: so many had been reached by threads that did not come
   * to the ends of their tasks.
   */
  readonly ringsServedBefore: number
}

const words = 'fan-out threads were ended:'
const pattern = /fan-out threads were ended: (\{[^}]*\})/g

/** All that has happened in a process so far. */
export function threadEndsLine(pid: number, ends: ThreadEnds): string {
  return `${words} ${JSON.stringify({ pid, ...ends })}\n`
}

/** Adds up what the processes of a cluster have said last. */
export function threadEndsIn(output: string): ThreadEnds {
  const newest = new Map<number, ThreadEnds>()
  for (const [, text] of output.matchAll(pattern)) {
    const { pid, ...ends } = JSON.parse(text!) as ThreadEnds & { pid: number }
    newest.set(pid, ends)
  }
  const sum = (of: keyof ThreadEnds): number =>
    [...newest.values()].reduce((total, ends) => total + ends[of], 0)
  return {
    ended: sum('ended'),
    tasksLost: sum('tasksLost'),
    ringsServedBefore: sum('ringsServedBefore'),
  }
}
