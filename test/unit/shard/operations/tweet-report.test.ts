import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { reportsPerUserMax } from '../../../../protocol/limits.ts'
import { reportsListHandler } from '../../../../shard/operations/reports-list.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetReportHandler } from '../../../../shard/operations/tweet-report.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

describe('tweet.report', () => {
  test('is kept with what the tweet said, also when it is deleted', () => {
    const { shard, alice, bob } = world()
    const tweetId = shard.post(bob, 'buy my rooks')
    const params = { tweetId, reason: 'spam', text: 'every day' }
    expect(shard.ask(tweetReportHandler, alice, params)).toEqual({})
    shard.ask(tweetDeleteHandler, bob, { tweetId })
    expect(reports(shard, alice)).toMatchObject([
      { ...params, tweetText: 'buy my rooks', reporterId: alice, userId: bob },
    ])
  })

  test('once more changes what was said', () => {
    const { shard, alice, bob } = world()
    const tweetId = shard.post(bob, 'buy my rooks')
    shard.ask(tweetReportHandler, alice, { tweetId, reason: 'spam' })
    shard.ask(tweetReportHandler, alice, { tweetId, reason: 'illegal' })
    expect(reports(shard, alice)).toMatchObject([{ tweetId, reason: 'illegal' }])
  })

  test('a tweet that one cannot see cannot be reported', () => {
    const { shard, alice, bob } = world()
    const tweetId = shard.post(bob, 'buy my rooks')
    shard.ask(userBlockHandler, bob, { userId: alice })
    expect(shard.call(tweetReportHandler, alice, { tweetId, reason: 'spam' })).toMatchObject({
      error: { code: 'not_found' },
    })
  })

  test('of one user the newest are kept', () => {
    const { shard, alice, bob } = world()
    for (let count = 0; count <= reportsPerUserMax; count++) {
      const tweetId = shard.post(bob, `rook ${count}`)
      shard.ask(tweetReportHandler, alice, { tweetId, reason: 'other' })
    }
    const texts = shard.state.reports.listOf(alice).map(({ tweetText }) => tweetText)
    expect([texts.length, texts[0]]).toEqual([reportsPerUserMax, 'rook 1'])
    expect(shard.replica.reports.listOf(alice)).toEqual(shard.state.reports.listOf(alice))
  })
})

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  return { shard, alice, bob }
}

function reports(shard: OneShard, reporter: UserId) {
  return shard.ask(reportsListHandler, stranger, { partition: partitionOfId(reporter) }).reports
}
