// That nothing is acknowledged with `sync` before it is where it must be (I1).

import { describe, expect, test } from 'vitest'
import { LogUnavailable } from '../../../../../shard/replication/log.ts'
import { Durability } from '../../../../../shard/replication/redis/redis-durability.ts'

type Answer = unknown | ((link: FakeLink) => unknown)

class FakeLink {
  generation = 1
  readonly asked: string[] = []
  readonly #answers: Readonly<Record<string, Answer>>

  constructor(answers: Readonly<Record<string, Answer>>) {
    this.#answers = answers
  }

  async call(command: string): Promise<unknown> {
    this.asked.push(command)
    const answer = this.#answers[command]
    return typeof answer === 'function' ? (answer as (link: FakeLink) => unknown)(this) : answer
  }
}

function durabilityOn(
  link: FakeLink,
  { replicaCount = 0, canWaitForDisk = false }: { replicaCount?: number; canWaitForDisk?: boolean },
): Durability {
  const facts = { replicaCount, canWaitForDisk }
  return new Durability({ link, probeKey: 'probe', facts: () => facts, clock: () => 0 })
}

const now = { generation: 1, isOlder: false }

describe('a durable append', () => {
  test('needs no question where the server flushes before it answers and has no replica', async () => {
    const link = new FakeLink({})
    await durabilityOn(link, {}).settled(now)
    expect(link.asked).toEqual([])
  })

  test('waits for the disk and for a replica, once for all of one turn', async () => {
    const link = new FakeLink({ wait: 1, waitaof: [1, 0] })
    const durability = durabilityOn(link, { replicaCount: 1, canWaitForDisk: true })
    await Promise.all([durability.settled(now), durability.settled(now), durability.settled(now)])
    expect(link.asked).toEqual(['waitaof', 'wait'])
    await durability.settled(now)
    expect(link.asked).toHaveLength(4)
  })

  test('that an earlier attempt wrote is covered by a write behind it', async () => {
    const link = new FakeLink({ wait: 2 })
    const durability = durabilityOn(link, { replicaCount: 2 })
    await durability.settled({ generation: 1, isOlder: true })
    expect(link.asked).toEqual(['set', 'wait'])
  })

  test.each([
    ['no replica', { wait: 0, waitaof: [1, 0] }],
    ['no disk', { wait: 1, waitaof: [0, 0] }],
  ])('is not acknowledged with %s', async (_, answers) => {
    const link = new FakeLink(answers)
    const durability = durabilityOn(link, { replicaCount: 1, canWaitForDisk: true })
    await expect(durability.settled(now)).rejects.toThrow(LogUnavailable)
  })

  test('is not acknowledged by another connection than the one that wrote', async () => {
    const earlier = new FakeLink({ wait: 1 })
    earlier.generation = 2
    await expect(durabilityOn(earlier, { replicaCount: 1 }).settled(now)).rejects.toThrow(/broke/)
    const during = new FakeLink({
      wait: (link: FakeLink) => {
        link.generation++
        return 1
      },
    })
    await expect(durabilityOn(during, { replicaCount: 1 }).settled(now)).rejects.toThrow(/broke/)
  })

  test('still wants a replica when the server has lost the one it had', async () => {
    const link = new FakeLink({ wait: () => 0 })
    const facts = { replicaCount: 1, canWaitForDisk: false }
    let current = facts
    const durability = new Durability({
      link,
      probeKey: 'probe',
      facts: () => current,
      clock: () => 0,
    })
    await expect(durability.settled(now)).rejects.toThrow(LogUnavailable)
    current = { ...facts, replicaCount: 0 }
    await expect(durability.settled(now)).rejects.toThrow(LogUnavailable)
  })

  test('looks once a second for a replica that has come, and wants it from when it is in step', async () => {
    let replica = ''
    let nowMs = 0
    const link = new FakeLink({ wait: 1, info: () => `role:master\r\n${replica}\r\n` })
    const facts = { replicaCount: 0, canWaitForDisk: false }
    const clock = () => nowMs
    const durability = new Durability({ link, probeKey: 'probe', facts: () => facts, clock })
    const askedAt = async (ms: number): Promise<readonly string[]> => {
      nowMs = ms
      await durability.settled(now)
      return link.asked.splice(0)
    }
    expect(await askedAt(999)).toEqual([])
    expect(await askedAt(1_000)).toEqual(['info'])
    expect(await askedAt(1_999)).toEqual([])
    replica = 'slave0:ip=127.0.0.1,port=6380,state=send_bulk,offset=0,lag=0'
    expect(await askedAt(2_000)).toEqual(['info'])
    replica = 'slave0:ip=127.0.0.1,port=6380,state=online,offset=14,lag=0'
    expect(await askedAt(2_999)).toEqual([])
    expect(await askedAt(3_000)).toEqual(['info', 'wait'])
    replica = ''
    expect(await askedAt(9_000)).toEqual(['wait'])
  })
})
