import { describe, expect, test } from 'vitest'
import { timelineTagHandler } from '../../../../shard/operations/timeline-tag.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const idsOf = (tag: string, reader = stranger) =>
    shard.ask(timelineTagHandler, reader, { tag }).tweets.map(({ id }) => id)
  return { shard, alice, bob, idsOf }
}

describe('timeline.tag', () => {
  test('shows the tweets with a hashtag, newest first, whatever its case, and no others', () => {
    const { shard, alice, bob, idsOf } = world()
    const first = shard.post(alice, 'a black bird: #Rook')
    shard.post(alice, 'a rook without a tag, and one of #rooks')
    const second = shard.post(bob, '#ROOK and #corvid')
    expect(idsOf('rook')).toEqual([second, first])
    expect(idsOf('corvid')).toEqual([second])
    expect(idsOf('bird')).toEqual([])
  })

  test('goes on where a page ends', () => {
    const { shard, alice } = world()
    const posted = Array.from({ length: 5 }, (_, number) =>
      shard.post(alice, `#n ${number}`),
    ).reverse()
    const page = shard.ask(timelineTagHandler, alice, { tag: 'n', limit: 3 })
    expect(page.tweets.map(({ id }) => id)).toEqual(posted.slice(0, 3))
    expect(page.users).toHaveLength(1)
    const before = page.olderCursor as number
    const rest = shard.ask(timelineTagHandler, alice, { tag: 'n', limit: 3, before })
    expect(rest.tweets.map(({ id }) => id)).toEqual(posted.slice(3))
    expect(rest).not.toHaveProperty('olderCursor')
    expect(rest).not.toHaveProperty('partial')
  })

  test('I5: shows nothing that is deleted, and nothing across a block', () => {
    const { shard, alice, bob, idsOf } = world()
    const [gone, kept] = [shard.post(alice, '#t 1'), shard.post(alice, '#t 2')]
    shard.ask(tweetDeleteHandler, alice, { tweetId: gone })
    expect(idsOf('t', bob)).toEqual([kept])
    shard.ask(userBlockHandler, alice, { userId: bob })
    expect(idsOf('t', bob)).toEqual([])
    expect(idsOf('t')).toEqual([kept])
  })
})
