import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { exportIdsMax, exportTweetsMax } from '../../../../protocol/limits.ts'
import type { Answer } from '../../../../protocol/operation.ts'
import type { accountExport } from '../../../../protocol/operations/account-export.ts'
import { exportSections } from '../../../../protocol/operations/account-export.ts'
import { accountExportHandler } from '../../../../shard/operations/account-export.ts'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { tweetBookmarkHandler } from '../../../../shard/operations/tweet-bookmark.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { world } from '../../../helpers/collection-world.ts'
import type { OneShard } from '../../../helpers/one-shard.ts'

describe('account.export', () => {
  test('has all that is kept of the actor, and goes through every section', () => {
    const { shard, ada, bob, cid, block, list, moment } = world()
    const tweetId = shard.post(bob, 'from bob')
    const own = shard.post(ada, 'from ada')
    shard.ask(tweetFavoriteHandler, ada, { tweetId })
    shard.ask(tweetBookmarkHandler, ada, { tweetId })
    shard.ask(tweetRetweetHandler, ada, { tweetId })
    shard.ask(userFollowHandler, ada, { userId: bob })
    shard.ask(mutesAddWordHandler, ada, { word: 'rain' })
    block(ada, cid)
    const [listId, momentId] = [list([bob], { private: true }), moment([own, tweetId])]

    const pages = exportOf(shard, ada)
    expect(pages.map(({ section }) => section)).toEqual(exportSections)
    const of = (name: string) => pages.find(({ section }) => section === name)
    expect(of('account')?.account).toMatchObject({
      user: { id: ada, handle: 'ada' },
      mutedWords: ['rain'],
    })
    expect(of('tweets')?.tweets).toMatchObject([{ retweetOf: tweetId }, { id: own }])
    expect(of('following')?.ids).toEqual([bob])
    expect(of('favorites')?.ids).toEqual([tweetId])
    expect(of('bookmarks')?.ids).toEqual([tweetId])
    expect(of('blocks')?.ids).toEqual([cid])
    expect(of('lists')?.lists).toMatchObject([{ list: { id: listId }, userIds: [bob] }])
    expect(of('moments')?.moments).toMatchObject([
      { moment: { id: momentId }, tweetIds: [own, tweetId] },
    ])
  })

  test('pages hold each thing once', () => {
    const { shard, ada, bob } = world()
    const tweets = Array.from({ length: exportTweetsMax + 5 }, (_, at) => shard.post(ada, `${at}`))
    const { marked, users } = shard.state
    const marks = Array.from({ length: exportIdsMax * 2 }, () => shard.newId(3))
    for (const id of marks) marked.add('bookmarks', users.find(ada), id)
    const pages = exportOf(shard, ada)
    const ids = pages.flatMap((page) => page.tweets ?? []).map(({ id }) => id)
    expect(ids).toEqual([...tweets].reverse())
    const bookmarks = pages.filter(({ section }) => section === 'bookmarks')
    expect(bookmarks).toHaveLength(2)
    expect(bookmarks.flatMap((page) => page.ids ?? [])).toEqual([...marks].reverse())
    expect(exportOf(shard, bob).flatMap((page) => page.tweets ?? [])).toEqual([])
  })

  test('a cursor is one of its own', () => {
    const { rule } = accountExportHandler.operation.request.cursor.of
    expect(rule?.('tweets:17')).toBe('tweets:17')
    for (const text of ['secrets:17', 'tweets', 'tweets:x', 'tweets:1:2']) {
      expect(rule?.(text)).toMatchObject({ problem: expect.any(String) })
    }
  })
})

type Page = Answer<typeof accountExport>

function exportOf(shard: OneShard, actor: UserId): readonly Page[] {
  const pages: Page[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; cursor = pages.at(-1)?.next) {
    pages.push(shard.ask(accountExportHandler, actor, cursor === '' ? {} : { cursor }))
  }
  return pages
}
