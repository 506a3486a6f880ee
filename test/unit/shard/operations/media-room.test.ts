import { expect, test } from 'vitest'
import { mediaUnattachedMax } from '../../../../protocol/limits.ts'
import { mediaIdOf } from '../../../../protocol/media.ts'
import { mediaCreateHandler } from '../../../../shard/operations/media-create.ts'
import { mediaRoomHandler } from '../../../../shard/operations/media-room.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const dayMs = 24 * 60 * 60 * 1000

test('there is room for as many files as media.create takes, and for them again a day later', () => {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const left = (userId: typeof alice) => shard.ask(mediaRoomHandler, stranger, { userId }).left
  const upload = (number: number) => {
    const mediaId = mediaIdOf(Buffer.alloc(32, `${number}`.padStart(4)), 'png')
    const file = { mediaId, bytes: 9, width: 6, height: 4, unattachedMs: dayMs }
    return shard.call(mediaCreateHandler, alice, file)
  }
  for (let number = 0; number < mediaUnattachedMax; number++) {
    expect(left(alice)).toBe(mediaUnattachedMax - number)
    upload(number)
    if (number % 100 === 0) upload(number)
  }
  expect(left(alice)).toBe(0)
  expect(upload(mediaUnattachedMax)).toMatchObject({ code: 'too_many_media' })
  expect(left(bob), 'somebody else').toBe(mediaUnattachedMax)
  shard.nowMs += dayMs
  expect(left(alice)).toBe(mediaUnattachedMax)
})
