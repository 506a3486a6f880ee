import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { timeOfId } from '../../../../protocol/ids.ts'
import { ChunkReader, ChunkWriter, chunkBytesMax } from '../../../../shard/snapshots/chunk.ts'
import { digestOf } from '../../../../shard/snapshots/digest.ts'
import { SnapshotCorrupt } from '../../../../shard/snapshots/snapshot-chunks.ts'
import { openSnapshot, writeSnapshot } from '../../../../shard/snapshots/snapshot-file.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'
import { idOf, seeded } from '../state/seeded.ts'

const cluster = 'crows'
const partition = 3
const position = { epoch: 4, sequence: 70_000 }
const whole = { slice: 0, slices: 1 }
const of = { cluster, partition }

/** A partition whose snapshot has several chunks of one kind, and one follow list over several records. */
function bigState(): ShardState {
  const state = new ShardState()
  state.host(partition)
  const author = idOf({ ms: 1, partition }) as UserId
  const celebrity = idOf({ ms: 9, partition: 60 }) as UserId
  for (let number = 0; number < 6_000; number++) {
    const userId = number === 0 ? author : (idOf({ ms: 10 + number, partition }) as UserId)
    const handle = `u${number}`
    state.noteIssuedId(userId)
    const createdAt = timeOfId(userId)
    state.users.setCard({ id: userId, handle, name: handle, bio: '', createdAt, protected: false })
    state.accounts.create({ userId, passwordHash: 'hash', contact: {} })
    state.follow(userId, celebrity)
    state.marks('favorites').insert(state.users.index.intern(author), idOf({ ms: 5e9 + number }))
  }
  const entities = { mentions: [], hashtags: [], urls: [] }
  for (let number = 0; number < 700; number++) {
    const id = idOf({ ms: 1e6 + number, partition }) as TweetId
    const text = 'caw '.repeat(200)
    state.noteIssuedId(id)
    const index = state.users.index.intern(author)
    state.tweets.put({ id, authorId: author, text, createdAt: 5, entities }, index)
    state.authored.insert(index, id)
    state.users.tweets.add(index, 1)
  }
  return state
}

/** A small file, as damage is looked for at every place of it. */
function smallState(): ShardState {
  const state = new ShardState()
  state.host(partition)
  const ids = [1, 2, 3].map((ms) => idOf({ ms, partition }) as UserId)
  for (const id of ids) {
    const handle = `u${id}`
    state.noteIssuedId(id)
    state.users.setCard({ id, handle, name: 'Ada', bio: '', createdAt: 5, protected: false })
    state.accounts.create({ userId: id, passwordHash: 'hash', contact: {} })
  }
  state.follow(ids[0]!, ids[1]!)
  state.follow(ids[2]!, ids[1]!)
  return state
}

describe('a snapshot file', () => {
  test('says what it holds, and gives it back, over many chunks', () => {
    const path = join(temporaryDirectory('snapshot'), 'snapshot')
    const state = bigState()
    const written = writeSnapshot(path, state, { ...of, position })
    expect(written.bytes).toBe(statSync(path).size)
    expect(written.bytes).toBeGreaterThan(2 * chunkBytesMax)
    const snapshot = openSnapshot(path, of)
    expect(snapshot.header).toEqual({
      ...of,
      position,
      digest: written.digest,
      lastIssuedId: state.lastIssuedId(partition),
    })
    const back = new ShardState()
    back.host(partition)
    snapshot.loadInto(back)
    expect(digestOf(back, partition, whole)).toBe(written.digest)
    expect(back.followers.edgeCount).toBe(6_000)
  })

  test('leaves nothing beside it, and takes the place of an older one', () => {
    const directory = temporaryDirectory('snapshot')
    const path = join(directory, 'snapshot')
    writeFileSync(path, 'something else')
    writeSnapshot(path, smallState(), { ...of, position })
    expect(readdirSync(directory)).toEqual(['snapshot'])
    expect(openSnapshot(path, of).header.position).toEqual(position)
  })

  test('of another cluster or partition is refused', () => {
    const path = join(temporaryDirectory('snapshot'), 'snapshot')
    writeSnapshot(path, smallState(), { ...of, position })
    for (const other of [
      { cluster: 'rooks', partition },
      { cluster, partition: 4 },
    ]) {
      expect(() => openSnapshot(path, other)).toThrow(SnapshotCorrupt)
    }
  })

  test('that cannot be made leaves the former one and no rest', () => {
    const directory = temporaryDirectory('snapshot')
    const path = join(directory, 'snapshot')
    writeSnapshot(path, smallState(), { ...of, position })
    const elsewhere = new ShardState()
    expect(() => writeSnapshot(path, elsewhere, { ...of, position })).toThrow('not hosted')
    expect(readdirSync(directory)).toEqual(['snapshot'])
    expect(openSnapshot(path, of).header.position).toEqual(position)
  })

  test('that changes between being opened and being loaded is noticed', () => {
    const path = join(temporaryDirectory('snapshot'), 'snapshot')
    writeSnapshot(path, smallState(), { ...of, position })
    const snapshot = openSnapshot(path, of)
    writeSnapshot(path, smallState(), { ...of, position: { epoch: 5, sequence: 1 } })
    expect(() => snapshot.loadInto(new ShardState())).toThrow('replaced')
  })
})

describe('damage', () => {
  /** Writes `bytes` and expects that they are not taken for a snapshot. */
  function expectCorrupt(path: string, bytes: Buffer, what: string): void {
    writeFileSync(path, bytes)
    try {
      openSnapshot(path, of)
    } catch (error) {
      if (!(error instanceof SnapshotCorrupt)) throw error
      expect(error.message).toContain(path)
      return
    }
    throw new Error(`not noticed: ${what}`)
  }

  test('is noticed in every bit of a file', () => {
    const path = join(temporaryDirectory('snapshot'), 'snapshot')
    writeSnapshot(path, smallState(), { ...of, position })
    const good = readFileSync(path)
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good)
      bad[bit >> 3]! ^= 1 << (bit & 7)
      expectCorrupt(path, bad, `bit ${bit} of ${good.length} bytes`)
    }
  })

  test('is noticed wherever a file ends too early, and where something follows it', () => {
    const path = join(temporaryDirectory('snapshot'), 'snapshot')
    writeSnapshot(path, smallState(), { ...of, position })
    const good = readFileSync(path)
    for (let end = 0; end < good.length; end++) {
      expectCorrupt(path, good.subarray(0, end), `the end at ${end}`)
    }
    expectCorrupt(path, Buffer.concat([good, Buffer.alloc(1)]), 'a byte behind the end')
    expectCorrupt(path, Buffer.concat([good, good]), 'the file twice')
  })

  test('is noticed in 600 files with a part that is missing, doubled, moved or overwritten', () => {
    const path = join(temporaryDirectory('snapshot'), 'snapshot')
    writeSnapshot(path, bigState(), { ...of, position })
    const good = readFileSync(path)
    const starts = chunkStarts(good)
    const random = seeded(11)
    for (let round = 0; round < 600; round++) {
      // Whole chunks as well as any bytes: each chunk alone would look right.
      const isWhole = random(3) === 0
      const place = () => (isWhole ? starts[random(starts.length)]! : random(good.length + 1))
      const [from, to] = [place(), place()].sort((left, right) => left - right)
      const range = good.subarray(from, to)
      const at = place()
      const bad = [
        () => Buffer.concat([good.subarray(0, from), good.subarray(to)]),
        () => Buffer.concat([good.subarray(0, to), range, good.subarray(to)]),
        () => Buffer.concat([good.subarray(0, at), range, good.subarray(at)]),
        () =>
          Buffer.concat([good.subarray(0, from), Buffer.alloc(range.length), good.subarray(to)]),
      ][random(4)]!()
      if (!bad.equals(good)) expectCorrupt(path, bad, `round ${round}: ${from} to ${to}, ${at}`)
    }
  })

  /** Where the chunks begin, by their lengths. */
  function chunkStarts(file: Buffer): number[] {
    const starts = [18]
    for (let at = 18; at < file.length; ) {
      at += 12 + file.readUInt32LE(at)
      starts.push(at)
    }
    return starts
  }
})

describe('chunks', () => {
  test('give back any numbers, texts and bytes, each chunk alone', () => {
    const values = fc.array(
      fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.string({ unit: 'binary' }), fc.uint8Array()),
    )
    fc.assert(
      fc.property(values, (given) => {
        const back: unknown[] = []
        const reader = new ChunkReader()
        const writer = new ChunkWriter(({ payload }) => {
          reader.open(Buffer.from(payload))
          while (!reader.isAtEnd) back.push(reader.integer(), reader.text())
        })
        const text = (value: string | Uint8Array) => Buffer.from(value as string).toString('latin1')
        writer.begin(1)
        for (const value of given) {
          writer.record(10_000)
          writer.integer(typeof value === 'number' ? value : 1)
          if (typeof value === 'number') writer.text('')
          else writer.text(text(value))
        }
        writer.end()
        const pairs = given.flatMap((value) =>
          typeof value === 'number' ? [value, ''] : [1, text(value)],
        )
        expect(back).toEqual(pairs)
      }),
    )
  })

  test('refuse a record that no chunk holds', () => {
    const writer = new ChunkWriter(() => undefined)
    expect(() => writer.record(chunkBytesMax + 1)).toThrow(RangeError)
  })
})
