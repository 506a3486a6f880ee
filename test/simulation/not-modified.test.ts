// A page that a shard calls "not modified" is, byte for byte, the one that it would have made: over random operations of
// every kind, after each few of which readers ask both ways.

import { expect, test } from 'vitest'
import type { Deed } from './digests/deed.ts'
import { Hosts, partitionCount } from './digests/hosts.ts'
import { People } from './digests/people.ts'
import { randomFrom } from './simulated-cluster.ts'

const deedCount = 12_000
const firstUsers = 40
/** Of each kind of answer. How many there are goes by the seed: whoever has muted somebody gets no validators any more. */
const comparedMin = 100
const readersPerRound = 12
/** Only the first few read: each of them again and again. */
const readers = 16
const roundMsMax = 2_000
/** While one of them runs there are no conditional answers at all: they come in for the last part. */
const promotingFrom = 0.9

test(`what is called not modified is as it would be made, after ${deedCount} operations`, async () => {
  const seed = Math.floor(Math.random() * 2 ** 32)
  console.info(`seed of the operations: ${seed}`)
  const random = randomFrom(seed)
  const hosts = new Hosts(random)
  const people = new People({ random, partitionCount })
  const { primary } = hosts
  const carryOut = async (deed: Deed): Promise<void> => {
    const answered = await primary.ask(deed)
    if (answered instanceof Uint8Array) deed.learn?.(answered)
  }
  try {
    await hosts.start()
    for (let user = 0; user < firstUsers; user++) await carryOut(people.signUp())
    for (let done = 0; done < deedCount; ) {
      for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
        const deed = people.next()
        const isPromoting = done / deedCount > promotingFrom
        if (deed === undefined || (deed.name.startsWith('promotion') && !isPromoting)) continue
        await carryOut(deed)
        done++
      }
      await compareReaders({ hosts, people, random })
      hosts.check()
      hosts.nowMs += Math.ceil(random() * roundMsMax)
    }
    const { notModified, made } = primary.asks.counts
    console.info({ notModified, made })
    expect(notModified).toBeGreaterThan(comparedMin)
    expect(made).toBeGreaterThan(comparedMin)
  } finally {
    hosts.close()
  }
})

async function compareReaders(given: {
  readonly hosts: Hosts
  readonly people: People
  readonly random: () => number
}): Promise<void> {
  const { hosts, people, random } = given
  for (let count = 0; count < readersPerRound; count++) {
    const deed = people.readHome(readers)
    const limit = 1 + (deed.actor % 5) * 6
    const asked = { ...deed, params: random() < 0.5 ? { limit } : {} }
    // At the same moment: a follow may still be settling.
    const [conditional, anew] = await Promise.all([
      hosts.primary.ask(asked),
      hosts.primary.ask(asked, 'unconditionally'),
    ])
    expect(conditional).toEqual(anew)
  }
}
