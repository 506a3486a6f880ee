// What `sync` promises where Redis has a replica, whenever that came.

import { describe, expect, test } from 'vitest'
import { eventually } from '../helpers/eventually.ts'
import { startRedis } from '../helpers/redis-server.ts'
import {
  append,
  expectUnavailable,
  handle,
  reign,
  replicaInStep,
  written,
} from '../helpers/redis-world.ts'

describe('`sync` with a replica', () => {
  test('I1: is not acknowledged while the replica does not answer, and is when it does', async () => {
    await using master = await startRedis({ appendfsync: 'always' })
    await using replica = await startRedis()
    await replica.command('REPLICAOF', '127.0.0.1', master.port)
    await replicaInStep(master)
    const log = await handle(master.port, 'sync')
    const barrier = await reign(log)
    // A disk that is busy may take longer than an append waits; it is asked again then.
    await eventually(() => append(log, barrier, ['on both']), { withinMs: 10_000 })
    replica.signal('SIGSTOP')
    const last = { ...barrier, sequence: 2 }
    await expectUnavailable(append(log, last, ['on one']), /No replica of Redis/)
    replica.signal('SIGCONT')
    const answer = await eventually(() => append(log, last, ['on one']), { withinMs: 5_000 })
    expect(answer).toEqual({ outcome: 'duplicate', last: { ...barrier, sequence: 3 } })
  })

  test('I1: waits for a replica that comes while the shards are connected, too', async () => {
    await using master = await startRedis({ appendfsync: 'always' })
    await using replica = await startRedis()
    const log = await handle(master.port, 'sync')
    let last = await reign(log)
    await replica.command('REPLICAOF', '127.0.0.1', master.port)
    await replicaInStep(master)
    replica.signal('SIGSTOP')
    await eventually(
      async () => {
        const refusal = await written(log, last, 1).then(
          (next) => {
            last = next
          },
          (error: Error) => error,
        )
        return refusal?.message.includes('No replica of Redis')
      },
      { withinMs: 20_000 },
    )
    replica.signal('SIGCONT')
    const answer = await eventually(() => append(log, last, ['on both']), { withinMs: 5_000 })
    expect(answer.outcome).toBe('duplicate')
  })
})
