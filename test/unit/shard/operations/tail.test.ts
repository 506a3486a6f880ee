import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unpack } from '../../../../protocol/frame.ts'
import { MessagePackWriter } from '../../../../protocol/message-pack.ts'
import { Tail, tailsOf } from '../../../../shard/operations/tail.ts'

const counts = ['favorites', 'retweets', 'replies'] as const
const names = ['favorited', 'retweeted', 'bookmarked']
const number = fc.oneof(fc.nat(130), fc.integer({ min: 0, max: 2 ** 32 - 1 }))

test('whatever the numbers, a map says what was written, in a writer however small', () => {
  const tails = tailsOf(counts, { names, varying: ['bookmarked', 'favorited'] })
  fc.assert(
    fc.property(number, number, number, fc.nat(3), fc.nat(64), (one, two, three, flags, bytes) => {
      const writer = new MessagePackWriter(bytes)
      writer.map(2)
      tails[flags]!.write(writer, one, two, three)
      expect(unpack(writer.copy())).toEqual({
        counts: { favorites: one, retweets: two, replies: three },
        viewer: {
          favorited: (flags & 2) !== 0,
          retweeted: false,
          bookmarked: (flags & 1) !== 0,
        },
      })
    }),
  )
})

test('for nobody there is no viewer, and the form takes no numbers from the answer before', () => {
  const tail = new Tail(counts)
  const writer = new MessagePackWriter()
  for (const [one, two, three] of [
    [127, 127, 127],
    [128, 1, 0],
    [0, 0, 0],
  ] as const) {
    writer.reset()
    writer.map(1)
    tail.write(writer, one, two, three)
    expect(unpack(writer.copy())).toEqual({
      counts: { favorites: one, retweets: two, replies: three },
    })
  }
})
