// A replication log whose appends wait for the test, and may come out in every way that a real one can.

import type { AppendRequest, AppendResult, Lease, LogEntry } from '../../shard/replication/log.ts'
import { LogUnavailable } from '../../shard/replication/log.ts'
import { MemoryLog } from '../../shard/replication/memory/memory.ts'
import { logStart } from '../../shard/replication/position.ts'

/**
 * What becomes of an append: it lands and is answered; it does not land; it lands and the answer is
 * lost; or the log refuses it.
 */
export type Fate = 'lands' | 'is lost' | 'lands unheard' | 'fenced' | 'no-lease' | 'gap'

type Waiting = { readonly request: AppendRequest; settle(fate: Fate): Promise<void> }

export class UnsteadyLog extends MemoryLog {
  /** Appends that wait for their fate, in the order in which they came. */
  readonly waiting: Waiting[] = []
  /** Where set, appends do not wait. */
  fate: Fate | undefined
  /** Where set, every `acquire` waits for it first. */
  gate: Promise<void> | undefined
  /** How often `acquire` fails from now on. */
  acquiresToFail = 0

  override async acquire(request: Parameters<MemoryLog['acquire']>[0]): Promise<Lease> {
    await this.gate
    if (this.acquiresToFail-- > 0) throw new LogUnavailable('nobody answers')
    return super.acquire(request)
  }

  override append(request: AppendRequest): Promise<AppendResult> {
    const { promise, resolve, reject } = Promise.withResolvers<AppendResult>()
    const settle = async (fate: Fate): Promise<void> => {
      if (fate === 'fenced' || fate === 'no-lease') resolve({ outcome: fate })
      else if (fate === 'gap') resolve({ outcome: fate, last: logStart })
      else if (fate === 'is lost') reject(new LogUnavailable('the batch was lost'))
      else {
        const result = await super.append(request)
        if (fate === 'lands') resolve(result)
        else reject(new LogUnavailable('the answer was lost'))
      }
    }
    if (this.fate === undefined) this.waiting.push({ request, settle })
    else settle(this.fate).catch(reject)
    return promise
  }

  /** Decides about the append that has waited longest. */
  async settle(fate: Fate): Promise<void> {
    const next = this.waiting.shift()
    if (next === undefined) throw new Error('no append is waiting')
    await next.settle(fate)
  }

  /** What the log holds, without the barriers. */
  async entries(): Promise<readonly LogEntry[]> {
    const all = await this.read({ partition: 0, after: logStart, limit: 100_000 })
    return all.filter((entry) => !entry.isBarrier)
  }
}
